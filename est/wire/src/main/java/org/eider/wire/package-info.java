/**
 * Bytes and the strict readers over them: octet strings, base64, JSON, CBOR, multipart-core, media types and content-formats.
 *
 * <p>Entry points are {@link org.eider.wire.Octets}, {@link org.eider.wire.StrictJson}, {@link org.eider.wire.CborItem} and
 * {@link org.eider.wire.MediaType}.
 * Nothing here accepts or returns null, logs, blocks or holds shared mutable state; every type is safe for use by any
 * thread. What is malformed is a {@link org.eider.wire.DecodeException}, which never carries the bytes it is about.
 */
package org.eider.wire;

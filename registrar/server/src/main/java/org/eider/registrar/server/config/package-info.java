/**
 * The registrar's configuration: one record with one for each section, read once from one YAML file and passed down in parts.
 *
 * <p>Entry points are {@link org.eider.registrar.server.config.RegistrarConfig} and
 * {@link org.eider.registrar.server.config.ConfigFile}. Everything has a default; a key that is not known, a value of the wrong type
 * and a value out of range are errors that name file, line and key. Everything is immutable; nothing accepts or returns null.
 */
package org.eider.registrar.server.config;

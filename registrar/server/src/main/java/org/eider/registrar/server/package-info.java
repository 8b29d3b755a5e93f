/**
 * The registrar process: everything is wired together in {@code RegistrarProcess}, top to bottom, and
 * operated by {@code RegistrarCommand}.
 *
 * <p>Sub-packages do not know each other: {@code http} holds the BRSKI routes, {@code masa} the way to MASAs, {@code admin} the admin
 * port and what the commands do, {@code config} the configuration. Nothing accepts or returns null.
 */
package org.eider.registrar.server;

/**
 * What the commands do to a registrar, directly on its ledgers or over the admin port of one that runs.
 *
 * <p>Entry points are {@link org.eider.registrar.server.admin.Administration} with its two implementations and
 * {@link org.eider.registrar.server.admin.AdminRoutes} for the admin port: JSON over plain HTTP on loopback, a bearer token, and nothing
 * for browsers. Nothing accepts or returns null.
 */
package org.eider.registrar.server.admin;

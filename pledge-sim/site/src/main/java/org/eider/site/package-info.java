/**
 * A whole site in one command: the launcher's main class, the demo, and the tests that see every party.
 *
 * <p>This is the only package that knows registrar, MASA and pledge at once. Entry point is {@link org.eider.site.Main}.
 */
package org.eider.site;

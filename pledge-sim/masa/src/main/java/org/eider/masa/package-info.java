/**
 * A MASA simulator that behaves as RFC 8995 section 5.5 to 5.8 demands, with the inventory of a manufacturer that issues IDevIDs.
 *
 * <p>{@link org.eider.masa.MasaService} decides, {@link org.eider.masa.Inventory} remembers, {@link org.eider.masa.MasaServer} joins
 * both to HTTPS, and {@link org.eider.masa.MasaCommand} is the command line. Everything public is safe for any thread; nothing
 * accepts or returns null. The registrar's code is not used here: two parties that share no decision are a check on each other.
 */
package org.eider.masa;

/**
 * The ledgers of the registrar in a relational database: H2 in a file today, in SQL that PostgreSQL understands as well.
 *
 * <p>The entry point is {@link org.eider.registrar.store.SqlStore}. Facts are only ever inserted; the row of a device is what its facts
 * add up to and changes in their transaction. Everything is safe for use by many threads. Nothing accepts or returns null.
 */
package org.eider.registrar.store;

/**
 * What every command line of Eider shares: exit codes, {@code error:} and {@code hint:} lines, output, logging.
 *
 * <p>Entry points are {@link org.eider.cli.Cli} and {@link org.eider.cli.Console}. Exit 0 is done, 1 could not, 2 called wrongly.
 * This is the only package that configures logging.
 */
package org.eider.cli;

/** Fixtures for the tests of every module: a PKI made on the spot, and the published vectors when they are there. */
package org.eider.testkit;

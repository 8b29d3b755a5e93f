/**
 * Configuration files in YAML, read into records: {@link org.eider.config.SettingsFile}. A key that is not known, a value of the wrong type
 * and a value out of range are errors that name file, line and key. Nothing accepts or returns null.
 */
package org.eider.config;

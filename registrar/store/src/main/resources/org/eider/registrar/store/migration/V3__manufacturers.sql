-- Manufacturers and what they are trusted with: anchors as PEM, hosts one a line, so that one row is one manufacturer at any moment.
-- A list of expected devices may be there before its manufacturer is, so it refers to none.

CREATE TABLE IF NOT EXISTS manufacturers (
  name                   VARCHAR(64) PRIMARY KEY,
  idevid_anchors         VARCHAR(1000000) NOT NULL,
  masa                   VARCHAR(2048),
  allowed_masa_hosts     VARCHAR(65536) NOT NULL,
  masa_tls_anchors       VARCHAR(1000000),
  voucher_anchors        VARCHAR(1000000) NOT NULL,
  admission              VARCHAR(32) NOT NULL,
  serial_numbers         VARCHAR(64) NOT NULL,
  ignore_idevid_validity BOOLEAN NOT NULL
);

CREATE TABLE IF NOT EXISTS expected_devices (
  manufacturer  VARCHAR(64) NOT NULL,
  serial_number VARCHAR(255) NOT NULL,
  PRIMARY KEY (manufacturer, serial_number)
);

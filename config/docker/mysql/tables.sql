-- The shop's tables that fail back, for MySQL.
CREATE TABLE IF NOT EXISTS customers (
  id    CHAR(36) PRIMARY KEY,
  name  VARCHAR(200) NOT NULL,
  email VARCHAR(200) NOT NULL UNIQUE
) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_as_cs;
CREATE TABLE IF NOT EXISTS orders (
  id       CHAR(36) PRIMARY KEY,
  customer CHAR(36) NOT NULL,
  total    DECIMAL(12, 2) NOT NULL,
  placed   DATETIME(6) NOT NULL,
  FOREIGN KEY (customer) REFERENCES customers (id)
) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_as_cs;

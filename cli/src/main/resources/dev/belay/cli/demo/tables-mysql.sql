-- The shop on MySQL and MariaDB: numbers and texts with the room that the new database gives them.
CREATE TABLE employees (
  id         BIGINT PRIMARY KEY,
  name       TEXT NOT NULL,
  email      VARCHAR(191) NOT NULL UNIQUE,
  badge      BIGINT UNIQUE,
  manager_id BIGINT,
  salary     DECIMAL(12,2) NOT NULL,
  hired      DATE NOT NULL,
  active     BOOLEAN NOT NULL,
  profile    LONGTEXT,
  photo      LONGBLOB,
  FOREIGN KEY (manager_id) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE orders (
  id          CHAR(36) PRIMARY KEY,
  employee_id BIGINT NOT NULL,
  status      VARCHAR(20) NOT NULL,
  total       DECIMAL(14,2) NOT NULL,
  paid        DECIMAL(14,2) NOT NULL,
  placed      DATETIME(6) NOT NULL,
  note        TEXT,
  FOREIGN KEY (employee_id) REFERENCES employees (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE accounts (
  id      BIGINT PRIMARY KEY,
  owner   TEXT NOT NULL,
  balance DECIMAL(18,2) NOT NULL,
  changes BIGINT NOT NULL
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE payments (
  id         BIGINT PRIMARY KEY,
  order_id   CHAR(36) NOT NULL,
  account_id BIGINT NOT NULL,
  amount     DECIMAL(14,2) NOT NULL,
  rate       DECIMAL(65,30) NOT NULL,
  at         DATETIME(6) NOT NULL,
  FOREIGN KEY (order_id) REFERENCES orders (id),
  FOREIGN KEY (account_id) REFERENCES accounts (id)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- How far the clock of a worker's machine is from the database's: an alert when it was moved or runs wrong.

-- AlterTable
ALTER TABLE "worker" ADD COLUMN "clock_off_ms" BIGINT;

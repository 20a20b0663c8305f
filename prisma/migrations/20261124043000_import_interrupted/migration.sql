-- Nothing asks by the time of tries often enough to pay for it with each of them.
-- DropIndex
DROP INDEX "attempt_at_idx";

-- A run whose process has ended is told from one that failed.
ALTER TABLE "import_run"
    DROP CONSTRAINT "import_run_status_known",
    ADD CONSTRAINT "import_run_status_known" CHECK (status IN ('running', 'done', 'failed', 'interrupted'));

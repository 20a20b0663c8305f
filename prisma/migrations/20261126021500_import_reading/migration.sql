-- How an import read its file. A worker of the release before leaves it null.
ALTER TABLE "import_run" ADD COLUMN "reading" TEXT;

-- Papers that only keep an order are no editor's choice.
ALTER TABLE "curation" ADD COLUMN "ordered" BOOLEAN NOT NULL DEFAULT false;

-- Links to the preferences are signed with the reader's epoch, and end when it is raised.
ALTER TABLE "subscriber" ADD COLUMN "epoch" INTEGER NOT NULL DEFAULT 0;

-- When WATCHER_URL was told that an edition is out, or that its day was quiet. A worker of the release before leaves it null.
ALTER TABLE "edition" ADD COLUMN "watcher_told_at" TIMESTAMPTZ(3);

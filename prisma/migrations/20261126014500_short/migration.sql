-- What is shown of a paper where its abstract has no room has changed: all are due to be rendered anew, a few at a time.
UPDATE "paper" SET html = NULL WHERE html IS NOT NULL;

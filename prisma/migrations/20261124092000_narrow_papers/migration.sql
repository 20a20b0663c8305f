-- Abstracts and words of search go out of line, so that four times as many papers lie on a page of the table:
-- a search for a common word looks at thousands of rows, and at the abstracts of twenty. Rows that are there
-- move when they are next written.
ALTER TABLE "paper" SET (toast_tuple_target = 700);

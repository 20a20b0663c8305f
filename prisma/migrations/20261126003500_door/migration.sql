-- Limits of readers, of operators and of whole sites of IPv6 are counted beside the others.
ALTER TABLE "signup_count"
    DROP CONSTRAINT "signup_count_scope_known",
    ADD CONSTRAINT "signup_count_scope_known"
        CHECK (scope IN ('alert', 'copy', 'operator', 'reader', 'network', 'site', 'domain', 'all', 'proof')) NOT VALID;
ALTER TABLE "signup_count" VALIDATE CONSTRAINT "signup_count_scope_known";

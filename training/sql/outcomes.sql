-- `owed`, and whether it is final: `wait_days` (days past due and reporting lag) after the due date nothing will change it.
CREATE OR REPLACE TEMP TABLE outcomes AS
SELECT *, due_on + CAST($wait_days AS INTEGER) <= $data_end AS is_known FROM owed

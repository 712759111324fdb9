-- What collections keep about objects.

-- Of a deleting object: a delete was answered, and was counted.
ALTER TABLE niks3.objects ADD COLUMN gone boolean NOT NULL DEFAULT false;

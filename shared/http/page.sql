-- page_as_of: before a list that asks what has changed since.
SELECT common.instant(common.as_of()) AS as_of;

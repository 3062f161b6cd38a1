-- A calendar of holidays is replaced as a whole: days that stay take the new name.
GRANT UPDATE (name) ON scheduling.holiday TO upward_scheduling;

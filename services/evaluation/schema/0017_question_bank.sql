-- An assessment may draw a set of its items for each attempt. The items of an attempt, by key, in the order
-- in which they are asked; null: all items of the assessment.
ALTER TABLE evaluation.assessment ADD draw int CONSTRAINT assessment_draw CHECK (draw >= 1);
ALTER TABLE evaluation.attempt ADD items text[];

//! Assignments: names and the values given to them, in every form that people store keys in.

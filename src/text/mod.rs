//! Text as bytes: encodings, entropy, languages, placeholders.

pub mod container;
pub mod copies;
pub mod day;
pub mod docstring;
pub mod encoding;
pub mod entropy;
pub mod lang;
pub mod line;
pub mod lines;
pub mod percent;
pub mod placeholder;
pub mod plural;
pub mod randomness;
pub mod short;
pub mod word_set;
pub mod words;

//! YAML from other tools: refuses aliases that would grow it without bound and nesting that would overflow the
//! stack, before it is loaded.

use std::collections::HashMap;
use yaml_rust2::parser::{Event, Parser};
use yaml_rust2::{Yaml, YamlLoader};

/// Most bytes that aliases may add to a file.
const GROWTH: usize = 4 << 20;
/// Bytes charged for a node beside its text.
const NODE: usize = 32;
/// Most levels of lists and tables.
const DEEPEST: usize = 64;

/// The first document of a text; an error says what is wrong, with the line.
pub(super) fn parse(text: &str) -> Result<Yaml, String> {
    bounded(text)?;
    let mut all =
        YamlLoader::load_from_str(text).map_err(|e| format!("line {}: not YAML", e.marker().line()))?;
    Ok(if all.is_empty() { Yaml::Null } else { all.swap_remove(0) })
}

/// Goes through a text's events without building anything.
fn bounded(text: &str) -> Result<(), String> {
    let mut parser = Parser::new_from_str(text);
    // The anchor and the size of each open list and table.
    let mut open: Vec<(usize, usize)> = Vec::new();
    let mut anchors: HashMap<usize, usize> = HashMap::new();
    let mut growth = 0usize;
    loop {
        let (event, mark) =
            parser.next_token().map_err(|e| format!("line {}: not YAML", e.marker().line()))?;
        let (anchor, size) = match event {
            Event::StreamEnd => return Ok(()),
            Event::Scalar(text, _, anchor, _) => (anchor, NODE + text.len()),
            Event::Alias(anchor) => {
                let size = anchors.get(&anchor).copied().unwrap_or(NODE);
                growth = growth.saturating_add(size);
                if growth > GROWTH {
                    return Err(format!(
                        "line {}: its aliases grow it by more than {} MB; write it without them",
                        mark.line(),
                        GROWTH >> 20
                    ));
                }
                (0, size)
            }
            Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _) => {
                open.push((anchor, NODE));
                if open.len() > DEEPEST {
                    return Err(format!("line {}: nests deeper than {DEEPEST} levels", mark.line()));
                }
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(closed) => closed,
                None => continue,
            },
            _ => continue,
        };
        if anchor > 0 {
            anchors.insert(anchor, size);
        }
        if let Some((_, outer)) = open.last_mut() {
            *outer = outer.saturating_add(size);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Aliases of aliases, ten per level.
    fn bomb(levels: usize) -> String {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for i in 1..levels {
            let of = format!("*a{}", i - 1);
            text.push_str(&format!("a{i}: &a{i} [{}]\n", [of.as_str(); 10].join(", ")));
        }
        text
    }

    #[test]
    fn aliases_are_read_until_they_grow_too_much() {
        let yaml = parse("base: &b {k: v}\nother: *b\n").unwrap();
        assert_eq!(yaml["other"]["k"].as_str(), Some("v"));
        assert!(parse(&bomb(4)).is_ok());
        let told = parse(&bomb(12)).unwrap_err();
        assert!(told.starts_with("line 6: its aliases grow it"), "{told}");
    }

    #[test]
    fn nesting_that_would_fill_the_stack_is_reported() {
        for deep in ["[".repeat(200), "- ".repeat(100_000), "{a: ".repeat(150), "? ".repeat(100_000)] {
            let told = parse(&deep).unwrap_err();
            assert!(told.contains("deeper than 64") || told.contains("not YAML"), "{told}");
        }
    }
}

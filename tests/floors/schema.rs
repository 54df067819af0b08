//! The keys of the schema.

use serde_json::Value;

pub(crate) fn schema() -> Value {
    serde_json::from_str(include_str!("../../src/config/schema.json")).unwrap()
}

/// Every key of the schema that is not a table, with its node.
pub(crate) fn leaves<'a>(root: &'a Value, node: &'a Value, at: &str, out: &mut Vec<(String, &'a Value)>) {
    let link = node.get("$ref").or_else(|| node.get("allOf")?.get(0)?.get("$ref")).and_then(Value::as_str);
    if let Some(link) = link {
        return leaves(root, root.pointer(link.trim_start_matches('#')).unwrap(), at, out);
    }
    let join = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    let mut is_leaf = true;
    for (name, of) in node.get("properties").and_then(Value::as_object).into_iter().flatten() {
        is_leaf = false;
        leaves(root, of, &join(name), out);
    }
    if let Some(of) = node.get("additionalProperties").filter(|of| of.is_object()) {
        is_leaf = false;
        leaves(root, of, &join("*"), out);
    }
    if let Some(of) =
        node.get("items").filter(|of| of.get("$ref").is_some() || of.get("properties").is_some())
    {
        is_leaf = false;
        leaves(root, of, &format!("{at}[]"), out);
    }
    // A string or a table.
    let tables = node.get("anyOf").and_then(Value::as_array).into_iter().flatten();
    for of in tables.filter(|of| of.get("$ref").is_some()) {
        is_leaf = false;
        leaves(root, of, at, out);
    }
    if is_leaf {
        out.push((at.to_owned(), node));
    }
}

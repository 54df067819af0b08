/// Reads it once, at start. No default: a program without its secret must not run.
fn @var@() -> Result<String, String> {
    match std::env::var("@VAR@") {
        Ok(value) if !value.is_empty() => Ok(value),
        _ => Err("@VAR@ is not set".into()),
    }
}

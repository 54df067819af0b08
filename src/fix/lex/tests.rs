use super::*;

/// The literals' bodies; those in holes follow in `<>`.
fn literals(code: Code, text: &str) -> Vec<String> {
    fn collect(text: &str, list: &[Token], out: &mut Vec<String>) {
        for token in list {
            if let Kind::Literal(l) = &token.kind {
                out.push(text[l.body.clone()].to_owned());
                l.holes.iter().for_each(|(_, inner)| collect(text, inner, out));
            }
        }
    }
    let read = tokens(code, text.as_bytes());
    assert_eq!(read.sure, text.len(), "{text:?} does not lex: {read:#?}");
    let mut out = Vec::new();
    collect(text, &read.list, &mut out);
    out
}

#[test]
fn a_quote_inside_of_another_literal_starts_none() {
    for (code, text, want) in [
        (Code::Python, "a = 'x \"b\" y' # it's\n", vec!["x \"b\" y"]),
        (Code::Python, "\"\"\"doc 'a' \"b\"\"\"\nx = rb'a\\'b'", vec!["doc 'a' \"b", "a\\'b"]),
        (Code::Python, "f\"a {d['k']} b\" 'c'", vec!["a {d['k']} b", "k", "c"]),
        (Code::JavaScript, "f(`a ${g('b')} \"c\"`, /'/, 'd')", vec!["a ${g('b')} \"c\"", "b", "'", "d"]),
        (Code::JavaScript, "x = a / b; y = 'c' / 2", vec!["c"]),
        (Code::Go, "x := `a \"b\" \\`; y := \"c\\\"d\"; r := '\"'", vec!["a \"b\" \\", "c\\\"d", "\""]),
        (
            Code::Java,
            "String s = \"\"\"\n  a \"b\" c\n  \"\"\"; char c = '\"';",
            vec!["\n  a \"b\" c\n  ", "\""],
        ),
        (Code::Kotlin, "val s = \"\"\"a \\ ${f(\"b\")}\"\"\"\"", vec!["a \\ ${f(\"b\")}\"", "b"]),
        (Code::Ruby, "a = %q(x (y) 'z'); b = \"#{h['k']}\" # it's", vec!["x (y) 'z'", "#{h['k']}", "k"]),
        (Code::Ruby, "a = <<~X + 'c'\n  it's\n  X\nb = 'd'", vec!["c", "  it's\n", "d"]),
        (Code::Ruby, "a = 'b'\n__END__\nit's\n", vec!["b"]),
        (
            Code::Php,
            "it's\n<?php $a = 'b'; $c = \"d {$e['f']}\"; # it's ?> it's",
            vec!["b", "d {$e['f']}", "f"],
        ),
        (Code::Php, "<?php $a = <<<'X'\nit's\nX;\n$b = 'c';", vec!["it's\n", "c"]),
        (
            Code::CSharp,
            "var a = @\"b\"\"c\\\"; var d = $\"e {f[\"g\"]}\";",
            vec!["b\"\"c\\", "e {f[\"g\"]}", "g"],
        ),
        (
            Code::Rust,
            "let a: &'a str = r#\"b \"c\" \"#; let d = 'e'; let f = \"g\";",
            vec!["b \"c\" ", "e", "g"],
        ),
        (Code::Perl, "my $a = q{x 'y'}; print \"z\"; # it's\n$b =~ m/'/;", vec!["x 'y'", "z", "'"]),
        (Code::Lua, "a = [==[ b ]] 'c' ]==] -- it's\nd = 'e'", vec![" b ]] 'c' ", "e"]),
        (
            Code::PowerShell,
            "$a = 'it''s'; $b = \"c`\"d $(e 'f')\" # it's",
            vec!["it''s", "c`\"d $(e 'f')", "f"],
        ),
        (
            Code::Terraform,
            "a = \"b ${c[\"d\"]}\" # it's\nx = <<-EOT\n  it's\n  EOT\n",
            vec!["b ${c[\"d\"]}", "d", "  it's\n"],
        ),
        (
            Code::Scala,
            "val a = s\"b ${c} d\"; val e = 'f'; val g = \"\"\"h \"i\" \"\"\"",
            vec!["b ${c} d", "f", "h \"i\" "],
        ),
    ] {
        assert_eq!(literals(code, text), want, "{text}");
    }
}

#[test]
fn what_does_not_lex_is_certain_up_to_there() {
    for (code, text, sure) in [
        (Code::Python, "a = 'b'\nc = 'd\n", 12),
        (Code::JavaScript, "x = 1\ny = `a ${b\n", 10),
        (Code::Ruby, "a = <<X\nb\n", 8),
    ] {
        assert_eq!(tokens(code, text.as_bytes()).sure, sure, "{text}");
    }
}

proptest::proptest! {
    #[test]
    fn tokens_never_overlap_whatever_the_bytes(text in "[a-z '\"`\\\\$#{}()<>/%=@!?:;_\n\r-]{0,60}") {
        for code in Code::ALL {
            let read = tokens(*code, text.as_bytes());
            let mut end = 0;
            for token in &read.list {
                proptest::prop_assert!(token.range.start >= end && token.range.end <= text.len(), "{code:?} {text:?} {token:?}");
                end = token.range.end;
            }
        }
    }
}

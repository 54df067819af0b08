//! Commands that hold others: groups, conditions, loops and functions.

use super::{Parser, SHORT, STAGE, UNCLOSED, Why, spend};
use crate::agent::shell::ast::{Kind, Pipeline, Script, Stage, Word};
use std::rc::Rc;

impl Parser<'_> {
    pub(super) fn stage(&mut self) -> Result<Stage, Why> {
        spend(&mut self.left, STAGE)?;
        let kind = if self.arithmetic_command() {
            self.at += 2;
            self.skip_arithmetic()?;
            Kind::Group(Script::default(), false)
        } else if self.eat("(") {
            let body = self.script(&[])?;
            self.expect(")")?;
            Kind::Group(body, true)
        } else {
            match self.keyword() {
                Some("{") => {
                    self.at += 1;
                    let body = self.script(&["}"])?;
                    self.expect("}")?;
                    Kind::Group(body, false)
                }
                Some("if") => self.condition()?,
                Some("while" | "until") => {
                    self.at += 5;
                    let mut body = self.script(&["do"])?;
                    body.0.extend(self.do_done()?.0);
                    Kind::Group(body, false)
                }
                Some("for" | "select") => self.for_loop()?,
                Some("case") => self.case()?,
                Some("function") => {
                    self.at += 8;
                    self.blanks();
                    let name = self.keyword().unwrap_or_default().to_owned();
                    self.at += name.len();
                    self.blanks();
                    if self.eat("(") {
                        self.blanks();
                        self.expect(")")?;
                    }
                    self.function(name)?
                }
                _ => return self.simple(),
            }
        };
        let mut redirects = Vec::new();
        loop {
            self.blanks();
            match self.redirect()? {
                Some(redirect) => redirects.push(redirect),
                None => return Ok(Stage { kind, redirects }),
            }
        }
    }

    /// True if `((` opens an arithmetic command, which ends with `))`, and not two subshells.
    fn arithmetic_command(&self) -> bool {
        let rest = self.rest();
        let near = &rest.as_bytes()[..rest.len().min(SHORT)];
        let end = || near.windows(2).position(|two| two == b"))" || b"\n;|".contains(&two[0]));
        rest.starts_with("((")
            && (rest.starts_with("((;") || end().is_some_and(|end| near[end..].starts_with(b"))")))
    }

    pub(super) fn function(&mut self, name: String) -> Result<Kind, Why> {
        self.lines()?;
        let body = self.nested(Parser::stage)?;
        Ok(Kind::Function(name, Rc::new(body)))
    }

    fn condition(&mut self) -> Result<Kind, Why> {
        self.at += 2;
        let mut out = self.script(&["then"])?;
        self.expect("then")?;
        loop {
            out.0.extend(self.script(&["elif", "else", "fi"])?.0);
            if self.eat("elif") {
                out.0.extend(self.script(&["then"])?.0);
                self.expect("then")?;
            } else if !self.eat("else") {
                self.expect("fi")?;
                return Ok(Kind::Group(out, false));
            }
        }
    }

    fn do_done(&mut self) -> Result<Script, Why> {
        self.expect("do")?;
        let body = self.script(&["done"])?;
        self.expect("done")?;
        Ok(body)
    }

    fn for_loop(&mut self) -> Result<Kind, Why> {
        self.at += self.keyword().map_or(0, str::len);
        self.blanks();
        if self.eat("((") {
            self.skip_arithmetic()?;
            self.blanks();
            self.eat(";");
            self.lines()?;
            return Ok(Kind::Group(self.do_done()?, false));
        }
        let name = self.keyword().unwrap_or_default().to_owned();
        self.at += name.len();
        self.lines()?;
        let mut values = Vec::new();
        if self.keyword() == Some("in") {
            self.at += 2;
            self.blanks();
            while let Some(word) = self.word()? {
                values.push(word);
                self.blanks();
            }
        }
        self.blanks();
        self.eat(";");
        self.lines()?;
        Ok(Kind::For(name, values, self.do_done()?))
    }

    fn case(&mut self) -> Result<Kind, Why> {
        self.at += 4;
        self.blanks();
        let word = self.word()?.unwrap_or_default();
        let words = vec![Word::text(":"), word];
        let subject = Stage { kind: Kind::Simple { assigns: Vec::new(), words }, redirects: Vec::new() };
        let mut out = Script(vec![Pipeline(vec![subject])]);
        self.expect("in")?;
        loop {
            self.lines()?;
            if self.keyword() == Some("esac") {
                self.at += 4;
                return Ok(Kind::Group(out, false));
            }
            self.eat("(");
            loop {
                self.blanks();
                self.word()?;
                self.blanks();
                if !self.eat("|") {
                    break;
                }
            }
            self.expect(")")?;
            out.0.extend(self.script(&["esac"])?.0);
            self.lines()?;
            let _ = self.eat(";;&") || self.eat(";;") || self.eat(";&");
            if self.peek().is_none() {
                return Err(UNCLOSED);
            }
        }
    }
}

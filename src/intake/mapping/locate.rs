//! The line on which an entry of a JSON text stands.

/// A step into JSON: the value of a key, or an element of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

/// The line, from 1, on which the entry stands that the steps lead to; the nearest entry around it
/// where the text has no such entry. `text` is JSON that has been parsed.
pub(super) fn line_of(text: &str, steps: &[Step]) -> usize {
    let mut scan = Scan { text: text.as_bytes(), at: 0 };
    let mut found = 0;
    for step in steps {
        scan.skip_blanks();
        let Some(at) = scan.enter(step) else { break };
        found = at;
    }
    1 + text.as_bytes()[..found].iter().filter(|&&byte| byte == b'\n').count()
}

struct Scan<'a> {
    text: &'a [u8],
    at: usize,
}

impl Scan<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace() || b",:".contains(&byte)) {
            self.at += 1;
        }
    }

    /// Goes to the value of a step; gives back where its entry begins.
    fn enter(&mut self, step: &Step) -> Option<usize> {
        let opens = self.peek()?;
        self.at += 1;
        let mut index = 0;
        loop {
            self.skip_blanks();
            let begins = self.at;
            match (opens, self.peek()?, step) {
                (_, b'}' | b']', _) => return None,
                (b'{', b'"', step) => {
                    self.skip_value();
                    let key = std::str::from_utf8(&self.text[begins..self.at]).ok()?;
                    let key: String = serde_json::from_str(key).ok()?;
                    self.skip_blanks();
                    if *step == Step::Key(key) {
                        return Some(begins);
                    }
                    self.skip_value();
                }
                (b'[', _, step) => {
                    if *step == Step::Index(index) {
                        return Some(begins);
                    }
                    self.skip_value();
                    index += 1;
                }
                _ => return None,
            }
        }
    }

    /// Goes behind a value; its depth is followed without recursion.
    fn skip_value(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    self.skip_text();
                    if depth == 0 {
                        return;
                    }
                    continue;
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth == 0 => return,
                b'}' | b']' => {
                    depth -= 1;
                    if depth == 0 {
                        self.at += 1;
                        return;
                    }
                }
                b',' if depth == 0 => return,
                _ => {}
            }
            self.at += 1;
        }
    }

    fn skip_text(&mut self) {
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += if byte == b'\\' { 2 } else { 1 };
            if byte == b'"' {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_found_by_their_line() {
        let text =
            "{\n \"a\": {\"x\": [1, {\"}\": \"\\\"]\"}]},\n \"b\": [\n  7,\n  {\"c\":\n 8}\n ]\n}";
        let key = |name: &str| Step::Key(name.to_owned());
        for (steps, line) in [
            (vec![], 1),
            (vec![key("a")], 2),
            (vec![key("a"), key("x"), Step::Index(1)], 2),
            (vec![key("b")], 3),
            (vec![key("b"), Step::Index(0)], 4),
            (vec![key("b"), Step::Index(1), key("c")], 5),
            (vec![key("b"), Step::Index(9)], 3),
            (vec![key("z"), key("c")], 1),
        ] {
            assert_eq!(line_of(text, &steps), line, "{steps:?}");
        }
    }
}

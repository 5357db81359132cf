//! A small part of Python, read into a tree: what a graph network is shown of a program.
//!
//! Reference: the grammar of Python 3, <https://docs.python.org/3/reference/grammar.html>.
//!
//! Names: `text` is the program; a [`Token`] is a word of it, with its place; a [`Node`] stands at one
//! token, its anchor, so that nodes have the order of the text; `variable` numbers the names of a function.
//!
//! What is read: `def`, parameters, assignment to a name, `if`/`elif`/`else`, `for … in`, `while`, `return`,
//! calls, subscripts, `+ - * /`, `< > ==`, `and or not`, whole numbers, names. Blocks are indented, by
//! spaces.
//!
//! Departures: other operators, words and statements become nodes of the kind [`Kind::Other`], each with a
//! notice. `else` has no node, as in Python's own tree. A function that is called is part of the call, not
//! a name that is read. Names are known per program, not per function, and written in the letters of
//! the scripts that `letter` lists.

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Function,
    Parameter,
    Assignment,
    If,
    For,
    While,
    Return,
    Call,
    Subscript,
    Plus,
    Minus,
    Times,
    Over,
    Less,
    Greater,
    Equal,
    /// `and`, `or`, `not`.
    Logic,
    Number,
    /// A name that is given a value.
    Written,
    /// A name whose value is used.
    Read,
    Other,
}

impl Kind {
    pub const COUNT: usize = 21;

    /// In words.
    #[must_use]
    pub fn name(self) -> &'static str {
        [
            "function",
            "parameter",
            "assignment",
            "if",
            "for",
            "while",
            "return",
            "call",
            "subscript",
            "+",
            "-",
            "*",
            "/",
            "<",
            ">",
            "==",
            "logic",
            "number",
            "name written",
            "name read",
            "other",
        ][self as usize]
    }

    /// Whether it stands for a variable.
    #[must_use]
    pub fn is_name(self) -> bool {
        matches!(self, Self::Parameter | Self::Written | Self::Read)
    }
}

/// A node of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    pub kind: Kind,
    pub parent: Option<usize>,
    /// Characters before its token, and the token's length.
    pub at: usize,
    pub length: usize,
    /// Which variable it is, where it is one.
    pub variable: Option<usize>,
}

/// Something that was read as [`Kind::Other`]: its line, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub line: usize,
    pub what: String,
}

/// A program that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// In the order of the text.
    pub nodes: Vec<Node>,
    /// The names' nodes in the order in which they are used: in `x = e` the names of e come first.
    pub used: Vec<usize>,
    /// The variables' names, in the order of their first use.
    pub names: Vec<String>,
    pub tokens: Vec<Token>,
    pub notices: Vec<Notice>,
}

/// Where a program cannot be read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Characters before the place.
    pub at: usize,
    /// What is wrong and what would be right; it goes on after the place and a colon.
    pub sentence: String,
}

/// Most nodes of a program, and most brackets or blocks within one another.
pub const MOST_NODES: usize = 120;
const DEEPEST: usize = 24;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Name,
    Number,
    Text,
    Sign,
    /// The end of a line that says something.
    Break,
    Indent,
    Dedent,
    End,
}

/// A word of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub class: Class,
    pub text: String,
    /// Characters before it; its line and its column, counted from 1.
    pub at: usize,
    pub line: usize,
    pub column: usize,
}

/// Signs of two and three characters, the longer ones first.
const SIGNS: [&str; 24] = [
    "**=", "//=", ">>=", "<<=", "...", "==", "!=", "<=", ">=", "->", "+=", "-=", "*=", "/=", "%=", "&=",
    "|=", "^=", "@=", ":=", "**", "//", "<<", ">>",
];

/// Words that are no names.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

type Read<T> = Result<T, Fault>;

/// Letters of the scripts in which programs are written most: the table of all of them would weigh more than
/// the parser.
fn letter(c: char) -> bool {
    c.is_ascii_alphabetic()
        || matches!(
            c,
            '\u{c0}'..='\u{d6}'
                | '\u{d8}'..='\u{f6}'
                | '\u{f8}'..='\u{2af}'
                | '\u{370}'..='\u{37d}'
                | '\u{386}'..='\u{52f}'
                | '\u{5d0}'..='\u{5ea}'
                | '\u{620}'..='\u{64a}'
                | '\u{904}'..='\u{939}'
                | '\u{3041}'..='\u{30ff}'
                | '\u{4e00}'..='\u{9fff}'
                | '\u{ac00}'..='\u{d7a3}'
        )
}

/// Whether digits are a number, with a point or a power of ten: 12, 1.5, 2.e3. Nothing is reckoned with it, and
/// the standard library's reader of numbers brings tables that weigh as much as the parser.
fn is_decimal(text: &str) -> bool {
    let is_whole = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let (plain, power) = match text.split_once(['e', 'E']) {
        Some((plain, power)) => (plain, is_whole(power)),
        None => (text, true),
    };
    let (before, after) = plain.split_once('.').unwrap_or((plain, ""));
    power && is_whole(before) && (after.is_empty() || is_whole(after))
}

fn fault<T>(at: usize, sentence: impl Into<String>) -> Read<T> {
    Err(Fault { at, sentence: sentence.into() })
}

/// Cuts a program into its words.
///
/// # Errors
/// The first character or indentation that cannot be read.
pub fn tokens(text: &str) -> Read<Vec<Token>> {
    Lexer { chars: text.chars().collect(), at: 0, line: 1, start: 0, tokens: Vec::new(), blocks: vec![0] }
        .run()
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
    line: usize,
    /// Where the line begins.
    start: usize,
    tokens: Vec<Token>,
    /// Indentation of the open blocks.
    blocks: Vec<usize>,
}

impl Lexer {
    fn run(mut self) -> Read<Vec<Token>> {
        let mut brackets: Vec<(char, usize)> = Vec::new();
        let mut fresh = true;
        while self.at < self.chars.len() {
            if fresh && brackets.is_empty() {
                self.indentation()?;
                fresh = false;
                continue;
            }
            let (c, at) = (self.chars[self.at], self.at);
            match c {
                '\n' => {
                    if brackets.is_empty() {
                        self.line_break();
                    }
                    self.at += 1;
                    (self.line, self.start, fresh) = (self.line + 1, self.at, true);
                }
                ' ' | '\t' => self.at += 1,
                '#' => {
                    while self.at < self.chars.len() && self.chars[self.at] != '\n' {
                        self.at += 1;
                    }
                }
                _ if letter(c) || c == '_' => match self.prefix() {
                    Some(length) => self.string(length)?,
                    None => self.take(Class::Name, |c| letter(c) || c.is_ascii_digit() || c == '_'),
                },
                _ if c.is_ascii_digit() => {
                    self.take(Class::Number, |c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
                }
                '"' | '\'' => self.string(0)?,
                _ => {
                    match c {
                        '(' | '[' | '{' => brackets.push((c, at)),
                        ')' | ']' | '}' => {
                            let partner = match c {
                                ')' => '(',
                                ']' => '[',
                                _ => '{',
                            };
                            if brackets.pop().map(|(open, _)| open) != Some(partner) {
                                return fault(
                                    at,
                                    format!("“{c}” closes nothing: a “{partner}” is missing before it."),
                                );
                            }
                        }
                        _ => {}
                    }
                    self.sign(c)?;
                }
            }
        }
        if let Some((open, at)) = brackets.pop() {
            return fault(at, format!("“{open}” is never closed."));
        }
        self.line_break();
        while self.blocks.pop().is_some_and(|width| width > 0) {
            self.push(Class::Dedent, self.at, 0);
        }
        self.push(Class::End, self.at, 0);
        Ok(self.tokens)
    }

    fn push(&mut self, class: Class, from: usize, length: usize) {
        let text = self.chars[from..from + length].iter().collect();
        let column = from + 1 - self.start.min(from);
        self.tokens.push(Token { class, text, at: from, line: self.line, column });
    }

    fn take(&mut self, class: Class, belongs: fn(char) -> bool) {
        let from = self.at;
        while self.at < self.chars.len() && belongs(self.chars[self.at]) {
            self.at += 1;
        }
        self.push(class, from, self.at - from);
    }

    fn line_break(&mut self) {
        let says = self
            .tokens
            .last()
            .is_some_and(|t| !matches!(t.class, Class::Break | Class::Indent | Class::Dedent));
        if says {
            self.push(Class::Break, self.at, 0);
        }
    }

    fn indentation(&mut self) -> Read<()> {
        let from = self.at;
        while self.at < self.chars.len() && self.chars[self.at] == ' ' {
            self.at += 1;
        }
        match self.chars.get(self.at) {
            None | Some('\n' | '#') => return Ok(()),
            Some('\t') => {
                return fault(
                    self.at,
                    "a tab stands in the indentation. It takes spaces, four for each block.",
                );
            }
            Some(_) => {}
        }
        let width = self.at - from;
        let mut open = self.blocks.last().copied().unwrap_or(0);
        if width > open {
            self.blocks.push(width);
            if self.blocks.len() > DEEPEST {
                return fault(self.at, format!("blocks stand in one another more than {DEEPEST} deep."));
            }
            self.push(Class::Indent, self.at, 0);
        }
        while width < open {
            self.blocks.pop();
            self.push(Class::Dedent, self.at, 0);
            open = self.blocks.last().copied().unwrap_or(0);
            if width > open {
                return fault(
                    self.at,
                    "the indentation is that of no line above. It takes as many spaces as one of them.",
                );
            }
        }
        Ok(())
    }

    /// Letters that say how a text is meant, where one begins here: r"…".
    fn prefix(&self) -> Option<usize> {
        let rest = &self.chars[self.at..];
        let length = rest.iter().take(3).position(|c| matches!(c, '"' | '\''))?;
        let known = (1..=2).contains(&length) && rest[..length].iter().all(|c| "rRbBfFuU".contains(*c));
        known.then_some(length)
    }

    /// A text, with so many letters before it.
    fn string(&mut self, prefix: usize) -> Read<()> {
        let from = self.at;
        self.at += prefix;
        let quote = self.chars[self.at];
        let long = self.chars[self.at..].iter().take(3).filter(|c| **c == quote).count() == 3;
        self.at += if long { 3 } else { 1 };
        loop {
            match self.chars.get(self.at) {
                None => break,
                Some('\n') if !long => {
                    return fault(
                        from,
                        format!("a text begins with {quote}. A second {quote} is missing on its line."),
                    );
                }
                Some('\n') => {
                    return fault(from, "a text goes over several lines. It takes texts of one line.");
                }
                Some('\\') => self.at += 2,
                Some(c) if *c == quote => {
                    let ends =
                        !long || self.chars[self.at..].iter().take(3).filter(|c| **c == quote).count() == 3;
                    self.at += if ends && long { 3 } else { 1 };
                    if ends {
                        self.push(Class::Text, from, self.at - from);
                        return Ok(());
                    }
                }
                Some(_) => self.at += 1,
            }
        }
        let end = quote.to_string().repeat(if long { 3 } else { 1 });
        fault(from, format!("a text begins with {end}. A second {end} is missing at its end."))
    }

    fn sign(&mut self, c: char) -> Read<()> {
        let rest: String = self.chars[self.at..].iter().take(3).collect();
        let length = SIGNS.iter().find(|sign| rest.starts_with(**sign)).map_or(1, |sign| sign.len());
        if length == 1 && !"()[]{}:,.=+-*/<>%&|^~@;".contains(c) {
            let sentence = match c {
                '\\' => "“\\” is not read: a line goes on within brackets.".to_owned(),
                _ if c.is_whitespace() || c.is_control() => {
                    format!("the blank U+{:04X} stands here. It takes plain spaces.", u32::from(c))
                }
                '“' | '”' | '‘' | '’' => {
                    "curly quotes are no signs of Python: take \" or '.".to_owned()
                }
                _ => format!("“{c}” is no sign of Python. In quotes it can be a text."),
            };
            return fault(self.at, sentence);
        }
        self.push(Class::Sign, self.at, length);
        self.at += length;
        Ok(())
    }
}

/// Reads a program.
///
/// # Errors
/// The first place that is no Python, or beyond a limit.
pub fn read(text: &str) -> Read<Program> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        next: 0,
        depth: 0,
        nodes: Vec::new(),
        used: Vec::new(),
        names: Vec::new(),
        notices: Vec::new(),
    };
    while parser.peek().class != Class::End {
        parser.statement(None)?;
    }
    Ok(parser.finish())
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
    depth: usize,
    nodes: Vec<Node>,
    used: Vec<usize>,
    names: Vec<String>,
    notices: Vec<Notice>,
}

/// How tightly operators bind, from the loosest.
const LEVELS: [&[(&str, Kind)]; 4] = [
    &[("or", Kind::Logic)],
    &[("and", Kind::Logic)],
    &[
        ("|", Kind::Other),
        ("^", Kind::Other),
        ("&", Kind::Other),
        ("<<", Kind::Other),
        (">>", Kind::Other),
        ("+", Kind::Plus),
        ("-", Kind::Minus),
    ],
    &[
        ("*", Kind::Times),
        ("/", Kind::Over),
        ("//", Kind::Other),
        ("%", Kind::Other),
        ("@", Kind::Other),
        ("**", Kind::Other),
    ],
];

/// Comparisons stand between the second and the third of [`LEVELS`].
const COMPARISONS: [(&str, Kind); 8] = [
    ("<", Kind::Less),
    (">", Kind::Greater),
    ("==", Kind::Equal),
    ("<=", Kind::Other),
    (">=", Kind::Other),
    ("!=", Kind::Other),
    ("in", Kind::Other),
    ("is", Kind::Other),
];

impl Parser {
    fn peek(&self) -> &Token {
        &self.tokens[self.next.min(self.tokens.len() - 1)]
    }

    fn is(&self, text: &str) -> bool {
        let token = self.peek();
        token.text == text && matches!(token.class, Class::Name | Class::Sign)
    }

    fn advance(&mut self) -> usize {
        let here = self.next.min(self.tokens.len() - 1);
        self.next += 1;
        here
    }

    fn take(&mut self, text: &str) -> bool {
        let found = self.is(text);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, text: &str, after: &str) -> Read<()> {
        if self.take(text) {
            return Ok(());
        }
        fault(self.peek().at, format!("{after} “{text}” is missing{}.", self.found()))
    }

    /// What stands here instead, for a sentence.
    fn found(&self) -> String {
        let token = self.peek();
        match token.class {
            Class::Break => "; the line ends".to_owned(),
            Class::End => "; the program ends".to_owned(),
            Class::Indent | Class::Dedent => "; the indentation changes".to_owned(),
            _ => format!("; “{}” stands here", token.text.chars().take(20).collect::<String>()),
        }
    }

    /// A node that stands at a token.
    fn node(&mut self, kind: Kind, token: usize) -> Read<usize> {
        let Token { at, ref text, line, .. } = self.tokens[token];
        if self.nodes.len() == MOST_NODES {
            return fault(
                at,
                format!("here the tree has more than {MOST_NODES} nodes. It takes up to {MOST_NODES}."),
            );
        }
        if kind == Kind::Other {
            let what = text.chars().take(20).collect();
            self.notices.push(Notice { line, what });
        }
        let length = text.chars().count();
        self.nodes.push(Node { kind, parent: None, at, length, variable: None });
        Ok(self.nodes.len() - 1)
    }

    fn name(&mut self, kind: Kind, token: usize) -> Read<usize> {
        let node = self.node(kind, token)?;
        let text = &self.tokens[token].text;
        let known = self.names.iter().position(|name| name == text);
        let variable = known.unwrap_or_else(|| {
            self.names.push(text.clone());
            self.names.len() - 1
        });
        self.nodes[node].variable = Some(variable);
        Ok(node)
    }

    fn adopt(&mut self, parent: Option<usize>, child: usize) {
        self.nodes[child].parent = parent;
    }

    /// The token of a name that is no keyword.
    fn identifier(&mut self, what: &str) -> Read<usize> {
        let token = self.peek();
        if token.class != Class::Name {
            return fault(token.at, format!("{what} is missing{}.", self.found()));
        }
        if KEYWORDS.contains(&token.text.as_str()) {
            return fault(
                token.at,
                format!("“{}” is a word of the language, and {what} is wanted.", token.text),
            );
        }
        Ok(self.advance())
    }

    fn statement(&mut self, parent: Option<usize>) -> Read<()> {
        let token = self.peek().clone();
        match token.class {
            Class::Indent => {
                return fault(token.at, "the line is indented, and no “:” before it opens a block.");
            }
            Class::Break => {
                self.advance();
                return Ok(());
            }
            _ => {}
        }
        match (token.class, token.text.as_str()) {
            (Class::Name, "def") => self.function(parent),
            (Class::Name, "if") => self.branch(parent),
            (Class::Name, "while") => {
                let here = self.advance();
                let node = self.node(Kind::While, here)?;
                self.adopt(parent, node);
                self.condition(node)?;
                self.block("while", Some(node))?;
                self.otherwise(node)
            }
            (Class::Name, "for") => self.each(parent),
            (Class::Name, "elif" | "else" | "except" | "finally") => {
                fault(token.at, format!("“{}” has nothing above it that it would belong to.", token.text))
            }
            (
                Class::Name,
                "class" | "with" | "try" | "import" | "from" | "async" | "global" | "nonlocal" | "del"
                | "assert" | "raise" | "pass" | "break" | "continue",
            ) => self.passed_over(parent),
            (Class::Sign, "@") => self.passed_over(parent),
            (Class::Sign, ">>") => fault(token.at, "leave the prompts “>>>” and “...” out."),
            _ => {
                self.simple(parent)?;
                self.line_end()
            }
        }
    }

    fn line_end(&mut self) -> Read<()> {
        if self.take(";") && self.peek().class != Class::Break {
            return Ok(());
        }
        match self.peek().class {
            Class::Break => {
                self.advance();
                Ok(())
            }
            Class::End | Class::Dedent => Ok(()),
            _ => {
                let before = self.next.checked_sub(1).map_or("", |i| self.tokens[i].text.as_str());
                let sentence = match (before, self.peek().text.as_str()) {
                    (_, ":") => "types are not read: y = 3, say.".to_owned(),
                    ("match", _) => "“match” is not read: take “if”.".to_owned(),
                    _ => format!("the statement is over, and the line goes on{}.", self.found()),
                };
                fault(self.peek().at, sentence)
            }
        }
    }

    /// A statement that is not read: one node, and below it the block that it may have.
    fn passed_over(&mut self, parent: Option<usize>) -> Read<()> {
        let here = self.advance();
        let node = self.node(Kind::Other, here)?;
        self.adopt(parent, node);
        while !matches!(self.peek().class, Class::Break | Class::End | Class::Dedent) {
            self.advance();
        }
        self.line_end()?;
        if self.peek().class == Class::Indent {
            self.indented(Some(node))?;
        }
        while self.is("except") || self.is("finally") || self.is("else") {
            while !matches!(self.peek().class, Class::Break | Class::End | Class::Dedent) {
                self.advance();
            }
            self.line_end()?;
            if self.peek().class == Class::Indent {
                self.indented(Some(node))?;
            }
        }
        Ok(())
    }

    /// What stands on one line.
    fn simple(&mut self, parent: Option<usize>) -> Read<()> {
        if self.is("return") {
            let here = self.advance();
            let node = self.node(Kind::Return, here)?;
            self.adopt(parent, node);
            if !matches!(self.peek().class, Class::Break | Class::End | Class::Dedent) && !self.is(";") {
                let value = self.list()?;
                self.adopt(Some(node), value);
            }
            return Ok(());
        }
        let target = self.peek().clone();
        let sign = self.tokens.get(self.next + 1).filter(|t| t.class == Class::Sign).map(|t| t.text.clone());
        let is_name = target.class == Class::Name && !KEYWORDS.contains(&target.text.as_str());
        match sign.as_deref() {
            Some("=") if is_name => {
                let (name, sign) = (self.advance(), self.advance());
                return self.assignment(Kind::Assignment, parent, name, sign);
            }
            Some(
                "+=" | "-=" | "*=" | "/=" | "%=" | "**=" | "//=" | "&=" | "|=" | "^=" | "<<=" | ">>=" | "@=",
            ) if is_name => {
                let (name, sign) = (self.advance(), self.advance());
                return self.assignment(Kind::Other, parent, name, sign);
            }
            _ => {}
        }
        let value = self.list()?;
        if self.is("=") || self.peek().text.ends_with('=') && self.peek().class == Class::Sign {
            // Into an element, or into several names: one node for the whole.
            let sign = self.advance();
            let node = self.node(Kind::Other, sign)?;
            self.adopt(parent, node);
            self.adopt(Some(node), value);
            let given = self.list()?;
            self.adopt(Some(node), given);
            return Ok(());
        }
        self.adopt(parent, value);
        Ok(())
    }

    fn assignment(&mut self, kind: Kind, parent: Option<usize>, name: usize, sign: usize) -> Read<()> {
        let node = self.node(kind, sign)?;
        self.adopt(parent, node);
        let target = self.name(Kind::Written, name)?;
        self.adopt(Some(node), target);
        let value = self.list()?;
        self.adopt(Some(node), value);
        // What the right side reads is from before.
        self.used.push(target);
        Ok(())
    }

    fn function(&mut self, parent: Option<usize>) -> Read<()> {
        let here = self.advance();
        let node = self.node(Kind::Function, here)?;
        self.adopt(parent, node);
        self.identifier("the function's name")?;
        self.expect("(", "after the function's name")?;
        while !self.is(")") {
            if self.is("*") || self.is("**") {
                return fault(self.peek().at, "stars are not read: plain names are parameters here.");
            }
            let token = self.identifier("a parameter")?;
            let parameter = self.name(Kind::Parameter, token)?;
            self.adopt(Some(node), parameter);
            self.used.push(parameter);
            if self.is("=") || self.is(":") {
                return fault(
                    self.peek().at,
                    "parameters have neither defaults nor types here: plain names are read.",
                );
            }
            if !self.take(",") && !self.is(")") {
                return fault(self.peek().at, format!("between parameters “,” is missing{}.", self.found()));
            }
        }
        self.expect(")", "after the parameters")?;
        self.block("def", Some(node))
    }

    fn branch(&mut self, parent: Option<usize>) -> Read<()> {
        let here = self.advance();
        let node = self.node(Kind::If, here)?;
        self.adopt(parent, node);
        self.condition(node)?;
        self.block("if", Some(node))?;
        if self.is("elif") {
            self.deeper()?;
            self.branch(Some(node))?;
            self.depth -= 1;
            return Ok(());
        }
        self.otherwise(node)
    }

    fn otherwise(&mut self, node: usize) -> Read<()> {
        if self.take("else") { self.block("else", Some(node)) } else { Ok(()) }
    }

    fn condition(&mut self, node: usize) -> Read<()> {
        let condition = self.expression()?;
        self.adopt(Some(node), condition);
        Ok(())
    }

    fn each(&mut self, parent: Option<usize>) -> Read<()> {
        let here = self.advance();
        let node = self.node(Kind::For, here)?;
        self.adopt(parent, node);
        let token = self.identifier("the loop's name")?;
        let target = self.name(Kind::Written, token)?;
        self.adopt(Some(node), target);
        if self.is(",") {
            return fault(self.peek().at, "a loop takes one name here, not several.");
        }
        self.expect("in", "after the loop's name")?;
        let over = self.list()?;
        self.adopt(Some(node), over);
        self.used.push(target);
        self.block("for", Some(node))?;
        self.otherwise(node)
    }

    /// A colon, and what belongs to it.
    fn block(&mut self, word: &str, parent: Option<usize>) -> Read<()> {
        self.expect(":", &format!("at the end of the “{word}” line"))?;
        if self.peek().class != Class::Break {
            // All that stands on the line belongs to the block.
            loop {
                self.simple(parent)?;
                let more = self.is(";");
                self.line_end()?;
                // A break that ended the line has been taken.
                let ended = self.next > 0 && self.tokens[self.next - 1].class == Class::Break;
                if !more || ended || matches!(self.peek().class, Class::End | Class::Dedent) {
                    return Ok(());
                }
            }
        }
        self.advance();
        if self.peek().class != Class::Indent {
            return fault(
                self.peek().at,
                format!("the block after “{word} …:” is missing: at least one indented line."),
            );
        }
        self.indented(parent)
    }

    fn indented(&mut self, parent: Option<usize>) -> Read<()> {
        self.advance();
        while !matches!(self.peek().class, Class::Dedent | Class::End) {
            self.statement(parent)?;
        }
        if self.peek().class == Class::Dedent {
            self.advance();
        }
        Ok(())
    }

    fn deeper(&mut self) -> Read<()> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return fault(
                self.peek().at,
                format!("expressions stand in one another more than {DEEPEST} deep."),
            );
        }
        Ok(())
    }

    /// One value, or several with commas between them, which are one node of the kind other.
    fn list(&mut self) -> Read<usize> {
        let first = self.expression()?;
        if !self.is(",") {
            return Ok(first);
        }
        let here = self.next;
        let node = self.node(Kind::Other, here)?;
        self.adopt(Some(node), first);
        while self.take(",") {
            if matches!(self.peek().class, Class::Break | Class::End)
                || self.is("=")
                || self.is(")")
                || self.is("]")
            {
                break;
            }
            let item = self.expression()?;
            self.adopt(Some(node), item);
        }
        Ok(node)
    }

    fn expression(&mut self) -> Read<usize> {
        self.deeper()?;
        let value = self.level(0)?;
        self.depth -= 1;
        if self.is("if") || self.is("for") || self.is(":=") {
            return fault(
                self.peek().at,
                format!(
                    "“{}” within an expression is not read: take a statement of its own.",
                    self.peek().text
                ),
            );
        }
        Ok(value)
    }

    fn operator(&self, among: &[(&str, Kind)]) -> Option<Kind> {
        among.iter().find(|(sign, _)| self.is(sign)).map(|(_, kind)| *kind)
    }

    fn level(&mut self, level: usize) -> Read<usize> {
        if level == LEVELS.len() {
            return self.unary();
        }
        let mut left = if level == 1 { self.negation()? } else { self.level(level + 1)? };
        while let Some(kind) = self.operator(LEVELS[level]) {
            let sign = self.advance();
            let node = self.node(kind, sign)?;
            let right = if level == 1 { self.negation()? } else { self.level(level + 1)? };
            self.adopt(Some(node), left);
            self.adopt(Some(node), right);
            left = node;
        }
        Ok(left)
    }

    fn negation(&mut self) -> Read<usize> {
        if !self.is("not") {
            return self.comparison();
        }
        self.deeper()?;
        let here = self.advance();
        let node = self.node(Kind::Logic, here)?;
        let value = self.negation()?;
        self.depth -= 1;
        self.adopt(Some(node), value);
        Ok(node)
    }

    fn comparison(&mut self) -> Read<usize> {
        let mut left = self.level(2)?;
        let mut count = 0;
        loop {
            let negated = self.is("not") && self.tokens.get(self.next + 1).is_some_and(|t| t.text == "in");
            let Some(kind) = self.operator(&COMPARISONS).or(negated.then_some(Kind::Other)) else {
                return Ok(left);
            };
            let sign = self.advance();
            if negated || self.is("not") && self.tokens[sign].text == "is" {
                self.advance();
            }
            count += 1;
            // A chain compares neighbours, not results.
            let node = self.node(if count > 1 { Kind::Other } else { kind }, sign)?;
            let right = self.level(2)?;
            self.adopt(Some(node), left);
            self.adopt(Some(node), right);
            left = node;
        }
    }

    fn unary(&mut self) -> Read<usize> {
        if !(self.is("-") || self.is("+") || self.is("~")) {
            return self.postfix();
        }
        self.deeper()?;
        let here = self.advance();
        let node = self.node(Kind::Other, here)?;
        let value = self.unary()?;
        self.depth -= 1;
        self.adopt(Some(node), value);
        Ok(node)
    }

    fn postfix(&mut self) -> Read<usize> {
        let called = self.peek().class == Class::Name
            && !KEYWORDS.contains(&self.peek().text.as_str())
            && self.tokens.get(self.next + 1).is_some_and(|t| t.class == Class::Sign && t.text == "(");
        let mut value = if called {
            self.advance();
            let here = self.advance();
            let call = self.node(Kind::Call, here)?;
            self.arguments(call)?;
            call
        } else {
            self.atom()?
        };
        loop {
            if self.is("(") {
                let here = self.advance();
                let call = self.node(Kind::Call, here)?;
                self.adopt(Some(call), value);
                self.arguments(call)?;
                value = call;
            } else if self.is("[") {
                let here = self.advance();
                let node = self.node(Kind::Subscript, here)?;
                self.adopt(Some(node), value);
                if self.is("]") {
                    return fault(self.peek().at, "between “[” and “]” a value is missing.");
                }
                let inside = self.list()?;
                self.adopt(Some(node), inside);
                if self.is(":") {
                    return fault(
                        self.peek().at,
                        "slices are not read: one index stands between “[” and “]”.",
                    );
                }
                self.expect("]", "after the index")?;
                value = node;
            } else if self.is(".") {
                let here = self.advance();
                let node = self.node(Kind::Other, here)?;
                self.identifier("the attribute's name")?;
                self.adopt(Some(node), value);
                value = node;
            } else {
                return Ok(value);
            }
        }
    }

    fn arguments(&mut self, call: usize) -> Read<()> {
        while !self.is(")") {
            let argument = self.expression()?;
            self.adopt(Some(call), argument);
            if self.is("=") {
                return fault(self.peek().at, "arguments have no names here: plain values are read.");
            }
            if !self.take(",") && !self.is(")") {
                return fault(self.peek().at, format!("between arguments “,” is missing{}.", self.found()));
            }
        }
        self.expect(")", "after the arguments")
    }

    fn atom(&mut self) -> Read<usize> {
        let token = self.peek().clone();
        match (token.class, token.text.as_str()) {
            (Class::Number, digits) => {
                let here = self.advance();
                let plain = digits.replace('_', "");
                let whole = plain.chars().all(|c| c.is_ascii_digit());
                let other = ["0x", "0o", "0b", "0X", "0O", "0B"].iter().any(|base| plain.starts_with(base))
                    || is_decimal(plain.trim_end_matches(['j', 'J']));
                if !whole && !other {
                    let sentence = format!(
                        "“{}” is no number, and no name: a name begins with a letter.",
                        digits.chars().take(20).collect::<String>()
                    );
                    return fault(token.at, sentence);
                }
                self.node(if whole { Kind::Number } else { Kind::Other }, here)
            }
            (Class::Text, _) | (Class::Name, "True" | "False" | "None") => {
                let here = self.advance();
                self.node(Kind::Other, here)
            }
            (Class::Name, word @ ("lambda" | "yield" | "await")) => {
                fault(token.at, format!("“{word}” is not read: plain values are."))
            }
            (Class::Name, word) if KEYWORDS.contains(&word) => {
                fault(token.at, format!("a value is missing; “{word}” stands here, which is none."))
            }
            (Class::Name, _) => {
                let here = self.advance();
                let node = self.name(Kind::Read, here)?;
                self.used.push(node);
                Ok(node)
            }
            (Class::Sign, "(") => {
                let here = self.advance();
                if self.take(")") {
                    return self.node(Kind::Other, here);
                }
                let inside = self.list()?;
                self.expect(")", "after the value in brackets")?;
                Ok(inside)
            }
            (Class::Sign, open @ ("[" | "{")) => {
                let close = if open == "[" { "]" } else { "}" };
                let here = self.advance();
                let node = self.node(Kind::Other, here)?;
                while !self.is(close) {
                    let item = self.expression()?;
                    self.adopt(Some(node), item);
                    if !self.take(",") && !self.take(":") && !self.is(close) {
                        return fault(
                            self.peek().at,
                            format!("“,” or “{close}” is missing{}.", self.found()),
                        );
                    }
                }
                self.advance();
                Ok(node)
            }
            _ => fault(token.at, format!("a value is missing{}.", self.found())),
        }
    }

    /// Puts the nodes into the order of the text.
    fn finish(self) -> Program {
        let mut order: Vec<usize> = (0..self.nodes.len()).collect();
        order.sort_by_key(|i| self.nodes[*i].at);
        let mut place = vec![0; order.len()];
        order.iter().enumerate().for_each(|(new, old)| place[*old] = new);
        let nodes = order
            .iter()
            .map(|old| {
                let node = &self.nodes[*old];
                Node { parent: node.parent.map(|p| place[p]), ..node.clone() }
            })
            .collect();
        Program {
            nodes,
            used: self.used.iter().map(|old| place[*old]).collect(),
            names: self.names,
            tokens: self.tokens,
            notices: self.notices,
        }
    }
}

impl Program {
    /// The nodes of names that are read: where a wrong one may stand.
    #[must_use]
    pub fn candidates(&self) -> Vec<usize> {
        (0..self.nodes.len()).filter(|i| self.nodes[*i].kind == Kind::Read).collect()
    }

    /// The variable of a node.
    #[must_use]
    pub fn name_of(&self, node: usize) -> Option<&str> {
        self.nodes[node].variable.map(|v| self.names[v].as_str())
    }

    /// The token at which a node stands.
    #[must_use]
    pub fn token_of(&self, node: usize) -> Option<&Token> {
        self.tokens.iter().find(|t| t.at == self.nodes[node].at && !t.text.is_empty())
    }

    /// Steps from a node up to a root.
    #[must_use]
    pub fn depth_of(&self, mut node: usize) -> usize {
        let mut depth = 0;
        while let Some(parent) = self.nodes[node].parent {
            (node, depth) = (parent, depth + 1);
        }
        depth
    }

    /// Names that are read before the text gives them a value.
    #[must_use]
    pub fn undefined(&self) -> Vec<&str> {
        let mut written = vec![false; self.names.len()];
        let mut found: Vec<&str> = Vec::new();
        for node in &self.used {
            let Some(variable) = self.nodes[*node].variable else { continue };
            let name = self.names[variable].as_str();
            if self.nodes[*node].kind != Kind::Read {
                written[variable] = true;
            } else if !written[variable] && !found.contains(&name) {
                found.push(name);
            }
        }
        found
    }
}

/// The least number of words to change, to add or to take away to make one program of the other
/// (Levenshtein 1966).
#[must_use]
pub fn edits(a: &[Token], b: &[Token]) -> usize {
    let alike = |x: &Token, y: &Token| x.class == y.class && x.text == y.text;
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = corner + usize::from(!alike(x, y));
            corner = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLAMP: &str = "def clamp(x, low, high):\n    if x < low:\n        return low\n    return x\n";

    fn kinds(text: &str) -> Vec<&'static str> {
        read(text).unwrap_or_else(|f| panic!("{text}: {f:?}")).nodes.iter().map(|n| n.kind.name()).collect()
    }

    #[test]
    fn a_function_becomes_its_tree_in_the_order_of_the_text() {
        let program = read(CLAMP).unwrap();
        assert_eq!(
            kinds(CLAMP),
            [
                "function",
                "parameter",
                "parameter",
                "parameter",
                "if",
                "name read",
                "<",
                "name read",
                "return",
                "name read",
                "return",
                "name read"
            ]
        );
        let parents: Vec<Option<usize>> = program.nodes.iter().map(|n| n.parent).collect();
        let p = Some;
        assert_eq!(parents, [None, p(0), p(0), p(0), p(0), p(6), p(4), p(6), p(4), p(8), p(0), p(10)]);
        assert_eq!(program.candidates(), [5, 7, 9, 11]);
        assert_eq!(program.names, ["x", "low", "high"]);
        assert_eq!((program.name_of(9), program.depth_of(9)), (Some("low"), 3));
        let token = program.token_of(9).unwrap();
        assert_eq!((token.line, token.column), (3, 16));
    }

    #[test]
    fn in_an_assignment_the_right_side_comes_first() {
        let program = read("def f(a):\n  a = a + 1").unwrap();
        let used: Vec<Kind> = program.used.iter().map(|i| program.nodes[*i].kind).collect();
        assert_eq!(used, [Kind::Parameter, Kind::Read, Kind::Written]);
    }

    #[test]
    fn operators_bind_as_in_python() {
        let top = |text: &str| {
            let program = read(text).unwrap();
            let root = program.nodes.iter().position(|n| n.parent.is_none()).unwrap();
            program.nodes[root].kind
        };
        assert_eq!(top("a + b * c"), Kind::Plus);
        assert_eq!(top("(a + b) * c"), Kind::Times);
        assert_eq!(top("a - b - c < d"), Kind::Less);
        assert_eq!(top("not a == b"), Kind::Logic);
        assert_eq!(top("a[0] == b"), Kind::Equal);
        assert_eq!(top("len(a)"), Kind::Call);
        assert_eq!(top("f(a)[1](b)"), Kind::Call);
    }

    #[test]
    fn every_statement_of_the_subset_is_read() {
        let text = "def f(xs, k):\n  s = 0\n  for x in xs:  # each\n    if x > k and not x == 1:\n      s = s + x\n    \
                    elif x < 0: s = 0\n    else:\n      s = s / 2\n  while s > k:\n    s = s - (1\n      * k)\n\n  \
                    return len(xs[s])\n";
        let program = read(text).unwrap();
        assert!(program.notices.is_empty() && program.undefined().is_empty(), "{:?}", program.notices);
        assert_eq!(program.nodes.iter().filter(|n| n.parent.is_none()).count(), 1);
    }

    #[test]
    fn what_is_outside_the_subset_is_one_node_and_a_notice() {
        for text in [
            "import os",
            "x += 1",
            "a.b",
            "'text'",
            "1.5",
            "x <= y",
            "a < b < c",
            "a, b = b, a",
            "xs[0] = 1",
            "-x",
            "[1, 2]",
            "{1: 2}",
            "()",
            "x % 2",
            "x is not None",
            "x not in xs",
            "try:\n  x = 1\nexcept E:\n  y = 2\n",
            "class A:\n  x = 1",
            "pass",
            "a & b",
            "@d\n",
            "True",
            "\"a\\\"b\"",
            "'''long'''",
            "f'text'",
            "0x1f",
            "1_000.5e3",
        ] {
            let program = read(text).unwrap_or_else(|f| panic!("{text}: {f:?}"));
            assert!(program.nodes.iter().any(|n| n.kind == Kind::Other), "{text}");
            assert!(!program.notices.is_empty(), "{text}");
        }
    }

    #[test]
    fn faults_name_their_place_and_what_would_be_right() {
        for (text, at, said) in [
            ("def f(a):\nreturn a", 10, "block after “def …:” is missing"),
            ("def f(a)\n  return a", 8, "“:” is missing; the line ends"),
            ("def (a):\n  return a", 4, "the function's name is missing"),
            ("def f(a b):\n  return a", 8, "between parameters “,”"),
            ("if x <\n  y", 6, "a value is missing; the line ends"),
            ("x = = 1", 4, "a value is missing; “=” stands here"),
            ("x = (1 + 2", 4, "“(” is never closed"),
            ("x = 1)", 5, "“)” closes nothing"),
            ("  x = 1", 2, "no “:” before it"),
            ("if x:\n    a = 1\n  b = 2", 18, "that of no line above"),
            ("x = 'a\n", 4, "A second ' is missing on its line"),
            ("x = \"a", 4, "A second \" is missing at its end"),
            ("x = \"\"\"a", 4, "A second \"\"\" is missing at its end"),
            ("x = 'a\\", 4, "A second ' is missing"),
            ("x = 1a", 4, "a name begins with a letter"),
            ("x = 🐛", 4, "“🐛” is no sign of Python"),
            ("if x:\n\ty = 1", 6, "spaces, four for each block"),
            ("x =\u{a0}1", 3, "the blank U+00A0 stands here. It takes plain spaces"),
            ("x = 1 + \\\n2", 8, "a line goes on within brackets"),
            ("x = lambda: 1", 4, "“lambda” is not read"),
            ("x = 1 2", 6, "the line goes on; “2” stands here"),
            ("else:\n  x = 1", 0, "nothing above it"),
            ("x ? y", 2, "no sign of Python"),
            ("x = “a”", 4, "curly quotes are no signs of Python"),
            ("y: int = 3", 1, "types are not read: y = 3, say"),
            ("match x:", 6, "“match” is not read: take “if”"),
            (">>> x = 1", 0, "leave the prompts “>>>” and “...” out"),
            ("def f(*args):\n  return args", 6, "plain names are parameters here"),
            ("for 1 in x:\n  y", 4, "the loop's name is missing"),
            ("return return", 7, "which is none"),
            ("x = y if z else w", 6, "within an expression is not read"),
            ("x = a[1:2]", 7, "slices are not read"),
            ("f(a=1)", 3, "have no names here"),
        ] {
            let fault = read(text).expect_err(text);
            assert_eq!(fault.at, at, "{text}: {}", fault.sentence);
            assert!(fault.sentence.contains(said), "{text}: {}", fault.sentence);
        }
    }

    #[test]
    fn limits_are_said() {
        assert!(read(&"(".repeat(500)).unwrap_err().sentence.contains("never closed"));
        let nested = format!("{}1{}", "(".repeat(40), ")".repeat(40));
        assert!(read(&nested).unwrap_err().sentence.contains("deep"));
        assert!(read(&"-".repeat(400)).unwrap_err().sentence.contains("deep"));
        for (open, close) in [("(", ")"), ("[", "]"), ("f(", ")"), ("a[", "]"), ("{", "}")] {
            let nested = format!("{}1{}", open.repeat(1000), close.repeat(1000));
            assert!(read(&nested).unwrap_err().sentence.contains("more than 24 deep"), "{open}");
        }
        assert!(read(&"not ".repeat(1000)).unwrap_err().sentence.contains("deep"));
        assert!(read(&"x".repeat(10_000)).is_ok());
        assert!(read(&"x.y".repeat(3_000)).unwrap_err().sentence.contains("120 nodes"));
        assert!(read(&"x = 1\n".repeat(41)).unwrap_err().sentence.contains("120 nodes"));
        let blocks: String = (0..40).map(|i| format!("{}if x:\n", " ".repeat(i))).collect();
        assert!(read(&blocks).unwrap_err().sentence.contains("deep"));
        assert!(read("").unwrap().nodes.is_empty());
        assert!(read("   \n\n # nothing").unwrap().nodes.is_empty());
    }

    #[test]
    fn no_text_makes_the_reader_fall() {
        let pieces = [
            "def", " f", "(", ")", ":", "\n", "  ", "x", "=", "1", "if ", "else", "for ", " in ", "[", "]",
            "'", ".", "\t", ";", "\"", "\\", "🐛", "not ", "class ", "try:", "except:", "f'", "@", ",", "-",
        ];
        let mut stream = numerics::random::Stream::new(1, "texts");
        for _ in 0..20_000 {
            let text: String = (0..stream.below(24)).map(|_| pieces[stream.below(pieces.len())]).collect();
            let length = text.chars().count();
            match read(&text) {
                Ok(program) => assert!(program.nodes.iter().all(|n| n.at + n.length <= length)),
                Err(fault) => assert!(fault.at <= length, "{text:?}"),
            }
        }
    }

    #[test]
    fn statements_of_one_line_belong_to_its_block() {
        let program = read("def f(a):\n  if a: b = 1; c = 2;\n  return c").unwrap();
        let inside = program.nodes.iter().filter(|n| n.kind == Kind::Assignment);
        assert!(inside.into_iter().all(|n| program.nodes[n.parent.unwrap()].kind == Kind::If));
    }

    /// As the standard library reads them: of all texts of up to six signs that may stand in a number and begin
    /// with a digit, as words of that class do.
    #[test]
    fn numbers_are_those_of_the_standard_library() {
        let signs = ['0', '7', '.', 'e', 'E', 'x'];
        let mut texts = vec!["0".to_owned(), "7".to_owned()];
        for _ in 0..5 {
            let longer = texts.iter().flat_map(|text| signs.map(|sign| format!("{text}{sign}")));
            texts = longer.chain(["0".to_owned(), "7".to_owned()]).collect();
            for text in &texts {
                assert_eq!(is_decimal(text), text.parse::<f64>().is_ok(), "{text}");
            }
        }
        assert!(read("x = 1.5j").is_ok() && read("x = 1.5.2").is_err());
    }

    #[test]
    fn edits_are_counted_by_words() {
        let count = |a: &str, b: &str| edits(&tokens(a).unwrap(), &tokens(b).unwrap());
        assert_eq!(count(CLAMP, CLAMP), 0);
        assert_eq!(count("x = a + b", "x = a + c"), 1);
        assert_eq!(count("x = a", "x = a + b"), 2);
    }

    #[test]
    fn names_without_a_value_are_known() {
        assert_eq!(read("def f(a):\n  return a + b + b").unwrap().undefined(), ["b"]);
    }
}

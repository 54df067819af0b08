"""The syntaxes of each language: templates of the lines that give a value to a name.

`@` stands for the value. The name is written as {snake}, {camel}, {pascal}, {upper}, {kebab} or {dotted}. Syntaxes
marked `bare` take no value with blanks or symbols that the language reads itself.
"""
import re

SYNTAXES = {
    "python": ['{snake} = "@"', "{upper} = '@'", '"{snake}": "@",', '{snake} = os.environ.get("{upper}", "@")',
               'client = Client({snake}="@")'],
    "javascript": ['const {camel} = "@";', "{camel}: '@',", "const {camel} = process.env.{upper} || '@';",
                   'config.{camel} = "@";'],
    "typescript": ["private readonly {camel}: string = '@';", 'export const {upper} = "@";', "{camel}: '@',",
                   "{camel}: process.env.{upper} ?? '@',"],
    "go": ['{camel} := "@"', 'const {pascal} = "@"', '{pascal}: "@",', 'os.Setenv("{upper}", "@")', '"{snake}": "@",'],
    "java": ['private static final String {upper} = "@";', 'String {camel} = "@";', '.{camel}("@")',
             'options.set{pascal}("@");', 'props.put("{dotted}", "@");'],
    "kotlin": ['val {camel} = "@"', 'const val {upper} = "@"', '{camel} = "@",'],
    "ruby": ["{snake} = '@'", "config.{snake} = '@'", "{snake}: '@',", ':{snake} => "@",', "ENV.fetch('{upper}', '@')"],
    "php": ["$%{snake} = '@';", "'{snake}' => '@',", "define('{upper}', '@');", "'{snake}' => env('{upper}', '@'),",
            "private $%{camel} = '@';"],
    "csharp": ['private const string {pascal} = "@";', 'var {camel} = "@";', 'public string {pascal} { get; set; } = "@";',
               '{pascal} = "@",'],
    "rust": ['let {snake} = "@";', 'const {upper}: &str = "@";', '{snake}: "@".to_string(),',
             'let {snake} = env::var("{upper}").unwrap_or("@".into());'],
    "swift": ['let {camel} = "@"', 'static let {camel}: String = "@"', '"{camel}": "@",'],
    "c": ['#define {upper} "@"', 'const char *{snake} = "@";', 'static const char {snake}[] = "@";', '.{snake} = "@",'],
    "shell": ['export {upper}="@"', "bare {upper}=@", "{upper}='@'", 'bare : "${{upper}:=@}"', "./deploy.sh --{kebab} '@'",
              "bare ./deploy.sh --{kebab}=@"],
    "dockerfile": ["bare ENV {upper}=@", 'ARG {upper}="@"', "bare ENV {upper} @", "bare RUN {upper}=@ make release"],
    "yaml": ["bare {snake}: @", '{camel}: "@"', "{kebab}: '@'", 'two - name: {upper}\n  value: "@"', "bare - {upper}=@"],
    "json": ['"{camel}": "@",', '"{upper}": "@",', '"{kebab}": "@",'],
    "toml": ['{snake} = "@"', "{kebab} = '@'", '{upper} = "@"'],
    "env": ["bare {upper}=@", '{upper}="@"', "export {upper}='@'"],
    "properties": ["bare {dotted}=@", "bare {snake} = @", "bare {dotted}: @"],
    "terraform": ['{snake} = "@"', '{upper} = "@"', 'variable "{snake}" {\n  default = "@"\n}'],
    "xml": ["<{camel}>@</{camel}>", '<add key="{pascal}" value="@" />', '<property name="{dotted}" value="@"/>',
            '<string name="{snake}">@</string>'],
}

EXTENSIONS = {
    "python": [".py"], "javascript": [".js", ".jsx", ".mjs"], "typescript": [".ts", ".tsx"], "go": [".go"], "java": [".java"],
    "kotlin": [".kt"], "ruby": [".rb"], "php": [".php"], "csharp": [".cs"], "rust": [".rs"], "swift": [".swift"],
    "c": [".c", ".h", ".cpp", ".cc"], "shell": [".sh"], "dockerfile": ["Dockerfile"], "yaml": [".yml", ".yaml"],
    "json": [".json"], "toml": [".toml"], "env": [".env", ".env.example", ".env.sample", ".env.template"],
    "properties": [".properties", ".ini", ".cfg", ".conf"], "terraform": [".tf"], "xml": [".xml", ".config"],
}
# Where a line may be put: after a line that matches, before a line with the same indentation.
AFTER = {
    "json": r'\s*"[^"]+":\s*("[^"]*"|[\d.]+|true|false),$', "yaml": r"\s*(- )?[\w.-]+:\s+[^|>&*{\[\s][^|>{\[]*$",
    "toml": r"[\w-]+ = .*[^\[{,]$", "env": r"(#|\w+=).*", "properties": r"([#;]|[\w.-]+ ?=).*[^\\]$",
    "dockerfile": r"(ENV|ARG|RUN|COPY|WORKDIR|USER|LABEL) .*[^\\]$", "xml": r"\s*<(\w+)[^>]*>[^<]*</\1>$|\s*<\w[^<>]*/>$",
    "terraform": r'\s+\w+\s+= ("[^"]*"|\w+)$', "python": r"\s*[\w.]+ = [^(\[{\"']*$|\s*[\w.]+ = \S+$|\s*\w+\(.*\)$",
    "ruby": r"\s*[\w.@]+ = .*[^,({\[|]$|\s*\w+ .*[^,({|]$", "shell": r"\s*\w+=\S*$|\s*(echo|cd|rm|mkdir|cp) .*[^\\|&]$",
    "go": r"\s+.*[\w)\"]$", "kotlin": r"\s+.*[\w)\"]$", "swift": r"\s+.*[\w)\"]$",
}
STATEMENT = r"\s*[^*/\s].*;$"


def cases(words):
    camel = words[0] + "".join(w.capitalize() for w in words[1:])
    return {"snake": "_".join(words), "camel": camel, "pascal": "".join(w.capitalize() for w in words),
            "upper": "_".join(words).upper(), "kebab": "-".join(words), "dotted": ".".join(words)}


def all_syntaxes():
    """(language, template)"""
    return [(language, template) for language, templates in SYNTAXES.items() for template in templates]


def fits(template, value):
    """Returns whether the value can stand there as it is."""
    if template.startswith("bare "):
        return re.fullmatch(r"[\w.+/=:@?%-]+", value) is not None
    return not any(c in value for c in "'\"`$")


def write(template, words, value, indent=""):
    """The lines of a syntax."""
    template = template.removeprefix("bare ").removeprefix("two ").replace("$%", "$")
    for case, name in cases(words).items():
        template = template.replace("{" + case + "}", name)
    if template.startswith("<"):
        value = value.replace("&", "&amp;")
    return [indent + line for line in template.replace("@", value, 1).split("\n")] if "@" in template else []

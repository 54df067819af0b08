#!/bin/sh
# Makes the first inputs of each fuzz target, one folder per target.
#
#   fuzz/seeds.sh OUT [FOLDER ...]
#
# The inputs come from this repository's files and from indexes that git writes. Small files of each FOLDER (a
# labelled data set, a checkout) are added; configurations of gitleaks among them go to `import`.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
shift
for target in index objects packs scan values encodings boundaries rules settings import archives images; do mkdir -p "$out/$target"; done

# Indexes over the tree that src/git/index_diff/fuzz.rs uses for HEAD.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=t GIT_AUTHOR_EMAIL=t@t
export GIT_COMMITTER_NAME=t GIT_COMMITTER_EMAIL=t@t
cd "$work"
git init -q .
for name in a/b/c a/d a.b e f/g f/h/i f/h/j z/y/x/w; do
    mkdir -p "$(dirname "$name")"
    printf %s "$name" >"$name"
done
keep() { cp .git/index "$out/index/$1"; }
git add . && git write-tree >tree && keep whole
git commit -qm one && git tag -am tag v1
git update-index --force-remove a/d && keep removed
printf new >f/new && git add f/new && git write-tree >/dev/null && keep added
printf x >announced && git add -N announced && git update-index --skip-worktree e && keep extended
git commit -qm two
for object in HEAD 'HEAD^{tree}' 'HEAD^:' 'HEAD:f' v1; do
    git cat-file "$(git cat-file -t "$object")" "$object" >"$out/objects/$(printf %s "$object" | tr -c a-zA-Z0-9 _)"
done
{ git cat-file tree 'HEAD^:'; git cat-file tree 'HEAD:'; } >"$out/objects/trees"
echo "refs/heads/a $(git rev-parse HEAD) refs/heads/a $(git rev-parse HEAD^)" >"$out/objects/push"
echo "$(git rev-parse HEAD^) $(git rev-parse HEAD) refs/heads/a" >"$out/objects/receive"

# Archives of the tree; their first byte lets the others say which format it is.
for format in zip tar; do git archive --format=$format HEAD >made.$format; done
printf 'a member\n' >member && ar qc made.a member 2>/dev/null || true
for program in gzip bzip2 xz lzma lzip zstd; do
    if command -v $program >/dev/null; then
        $program -c made.tar >made.tar.$program
        $program -c member >made.$program
    fi
done
for file in made.*; do { printf '\377' && cat "$file"; } >"$out/archives/$file"; done

# Packs like those of src/git/objects/fuzz.rs: a blob of ten bytes, a delta of seven over it by offset or by id,
# and one over that.
blob='\003\000\005\000''0123456789' delta='\005\000\012\007\221\002\003\004''abcd'
printf "$blob" >"$out/packs/whole"
printf "$blob\006\001$delta" >"$out/packs/place"
printf "$blob\007\000$delta" >"$out/packs/id"
printf "$blob\006\001$delta\007\001\005\000\007\007\220\003\004wxyz\221\000" >"$out/packs/chain"

# Archives of a small tree, and an image of one layer.
tar -cf "$work/tree.tar" a f
cp "$work/tree.tar" "$out/archives/tar"
for program in gzip bzip2 xz zstd; do
    if command -v "$program" >/dev/null; then "$program" -c "$work/tree.tar" >"$out/archives/$program"; fi
done
if command -v zip >/dev/null; then zip -qr "$out/archives/zip" a f; fi
printf '\000{"manifests":[{"digest":"sha256:1"}]}\377{"config":{"digest":"sha256:2"},"layers":[{"digest":"sha256:3"}]}' >"$out/images/oci"
printf '\377{"config":{"Env":["A=b"]},"history":[{"created_by":"RUN a"}]}\377' >>"$out/images/oci"
cat "$work/tree.tar" >>"$out/images/oci"
printf '\001[{"Config":"blobs/sha256/1","Layers":["blobs/sha256/2"]}]\377{}\377' >"$out/images/docker"
cat "$work/tree.tar" >>"$out/images/docker"

# Texts; the first byte selects the file name.
for folder in "$here/src" "$here/docs" "$here/tests" "$@"; do
    find "$folder" -type f -size -5k
done | while read -r file; do
    name=$(printf %s "$file" | cksum | tr -d ' ')
    first=$(printf %03o $((name % 256)))
    { printf "\\$first" && cat "$file"; } >"$out/scan/$name"
    for target in values encodings boundaries; do cp "$out/scan/$name" "$out/$target/$name"; done
done
cp "$here"/src/rules/catalogue/*.toml "$out/rules"
find "$here/tests" "$here/src" -name '*.rs' -size -40k | while read -r file; do
    # The contents of .stanch.toml that tests write are in raw strings.
    awk -v RS='r#"' -v out="$out/settings/$(basename "$file")" 'NR > 1 { split($0, part, "\"#"); print part[1] > (out "." NR) }' "$file"
done
for folder in "$@"; do
    find "$folder" -type f -name '*leaks*.toml' -size -200k
done | while read -r file; do
    cp "$file" "$out/import/$(printf %s "$file" | cksum | tr -d ' ')"
done
for target in "$out"/*; do echo "$(basename "$target"): $(find "$target" -type f | wc -l)"; done

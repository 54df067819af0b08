#!/bin/bash
# Makes the repositories for benches/hook.sh and benches/tree.sh: two of Debian's sources, or others.
#
#   benches/lab.sh DIR                 fetches the source packages kubernetes and linux-source-6.1 (apt, 150 MB)
#   benches/lab.sh DIR NAME=PATH ...   uses existing work trees with a .git
#
# DIR/NAME-w0 has nothing staged, -w1 ten lines in one file, -w2 20 files of 200 changed lines each, -w3 one
# minified file of 4.8 MB. DIR/NAME-push has 100 more commits, of one to five files with ten new lines each.
# All share their objects with the original and have their own index. DIR/NAME-tree holds the files of the
# first NAME without a repository.
set -euo pipefail
dir=${1:?usage: lab.sh DIR [NAME=PATH ...]}
shift
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
git() { command git -c user.name=bench -c user.email=bench@localhost -c gc.auto=0 -c maintenance.auto=false "$@"; }

import() { # import NAME: all files of DIR/NAME, whatever its own .gitignore says, as one commit in one pack
    cd "$dir/$1"
    [ -d .git ] && return
    git init -q -b main
    git add -A -f
    git commit -q -m "import $1"
    git repack -adq
}

if [ $# = 0 ]; then
    mkdir -p "$dir/packages" "$dir/kubernetes" "$dir/linux"
    if [ ! -d "$dir/kubernetes/.git" ]; then
        (cd "$dir/packages" && apt-get source -q --download-only kubernetes)
        tar -xzf "$dir"/packages/kubernetes_*.orig.tar.gz -C "$dir/kubernetes" --strip-components=1
    fi
    if [ ! -d "$dir/linux/.git" ]; then
        (cd "$dir/packages" && apt-get download -q linux-source-6.1)
        dpkg-deb -x "$dir"/packages/linux-source-6.1_*.deb "$dir/packages/linux"
        tar -xJf "$dir"/packages/linux/usr/src/linux-source-6.1.tar.xz -C "$dir/linux" --strip-components=1
    fi
    import kubernetes
    import linux
    set -- "kubernetes=$dir/kubernetes" "linux=$dir/linux"
fi

lines() { # lines FROM COUNT: text that no rule takes for a secret
    seq "$1" $(($1 + $2 - 1)) | sed 's/.*/    value_& = combine(left_&, right_&); \/\/ step &/'
}

stage() { # stage FILE: standard input becomes its staged content
    local id
    id=$(git hash-object -w --stdin)
    git update-index --add --cacheinfo "100644,$id,$1"
}

for pair in "$@"; do
    name=${pair%%=*} from=$(cd "${pair#*=}" && pwd)
    head=$(command git -C "$from" rev-parse HEAD)
    objects=$(cd "$from" && cd "$(command git rev-parse --git-common-dir)/objects" && pwd)
    for work in w0 w1 w2 w3 push; do
        repo=$dir/$name-$work
        [ -d "$repo" ] && continue
        mkdir "$repo"
        cd "$repo"
        git init -q -b main
        echo "$objects" >.git/objects/info/alternates
        git update-ref HEAD "$head"
        git read-tree HEAD
        # Source files spread evenly over the tree.
        mapfile -t files < <(git ls-files '*.go' '*.c' '*.rs' '*.java' '*.py' | awk 'NR % 50 == 25' | head -n 20)
        case $work in
        push)
            for i in $(seq 1 100); do
                for n in $(seq 1 $((i % 5 + 1))); do
                    f=${files[$(((i * 7 + n) % ${#files[@]}))]}
                    { git show ":$f"; lines $((i * 10)) 10; } | stage "$f"
                done
                git update-ref HEAD "$(git commit-tree -p HEAD -m "step $i" "$(git write-tree)")"
            done
            ;;
        w1) { git show "HEAD:${files[0]}"; lines 1 10; } | stage "${files[0]}" ;;
        w2) for f in "${files[@]}"; do { lines 1 100; git show "HEAD:$f"; lines 101 100; } | stage "$f"; done ;;
        w3) seq 1 105000 | awk '{ printf "function a%d(b,c){return b(c,%d)+c.d%d};", $1, $1, $1 % 97 }' |
            stage dist/bundle.min.js ;;
        esac
    done
    if [ "$pair" = "$1" ] && [ ! -d "$dir/$name-tree" ]; then
        mkdir "$dir/$name-tree"
        git archive HEAD | tar -x -C "$dir/$name-tree"
    fi
    echo "$name: $(git ls-files | wc -l) index entries, w0 to w3 and push in $dir"
done

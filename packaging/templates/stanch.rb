class Stanch < Formula
  desc "Git hook that keeps secrets out of commits and pushes"
  homepage "@HOMEPAGE@"
  version "@VERSION@"
  license any_of: ["MIT", "Apache-2.0"]

  on_macos do
    on_arm do
      url "@RELEASE@/stanch-@VERSION@-aarch64-apple-darwin.tar.gz"
      sha256 "@SUM_AARCH64_APPLE_DARWIN@"
    end
    on_intel do
      url "@RELEASE@/stanch-@VERSION@-x86_64-apple-darwin.tar.gz"
      sha256 "@SUM_X86_64_APPLE_DARWIN@"
    end
  end

  on_linux do
    on_arm do
      url "@RELEASE@/stanch-@VERSION@-aarch64-unknown-linux-musl.tar.gz"
      sha256 "@SUM_AARCH64_UNKNOWN_LINUX_MUSL@"
    end
    on_intel do
      url "@RELEASE@/stanch-@VERSION@-x86_64-unknown-linux-musl.tar.gz"
      sha256 "@SUM_X86_64_UNKNOWN_LINUX_MUSL@"
    end
  end

  def install
    bin.install "stanch"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/stanch.bash" => "stanch"
    zsh_completion.install "completions/_stanch"
    fish_completion.install "completions/stanch.fish"
  end

  test do
    system "git", "init", "-q", "."
    system bin/"stanch", "install"
    system bin/"stanch", "doctor", "--prove"
  end
end

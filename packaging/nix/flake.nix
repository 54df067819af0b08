# nix run 'github:OWNER/stanch?dir=packaging/nix'
{
  description = "A git hook that keeps secrets out of commits and pushes";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs = { self, nixpkgs }:
    let
      source = ../..;
      cargo = (builtins.fromTOML (builtins.readFile "${source}/Cargo.toml")).package;
      systems = [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ];
      each = nixpkgs.lib.genAttrs systems;
    in
    {
      packages = each (system:
        let pkgs = nixpkgs.legacyPackages.${system};
        in {
          default = pkgs.rustPlatform.buildRustPackage {
            pname = cargo.name;
            version = cargo.version;
            src = source;
            cargoLock.lockFile = "${source}/Cargo.lock";
            nativeBuildInputs = [ pkgs.installShellFiles ];
            # The tests make repositories with git and run for minutes; the project's CI does.
            doCheck = false;
            postInstall = ''
              $out/bin/stanch man man
              installManPage man/*.1
              for shell in bash zsh fish; do $out/bin/stanch completions $shell > stanch.$shell; done
              installShellCompletion stanch.bash stanch.zsh stanch.fish
            '';
            meta = {
              description = cargo.description;
              homepage = cargo.homepage;
              license = with pkgs.lib.licenses; [ mit asl20 ];
              mainProgram = "stanch";
            };
          };
        });
    };
}

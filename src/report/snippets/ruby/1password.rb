# 1Password has no official SDK for Ruby: its program op reads the value, logged in by OP_SERVICE_ACCOUNT_TOKEN.
require "open3"

@var@, status = Open3.capture2("op", "read", "--no-newline", "op://Production/@slug@/credential")
raise "op did not give @slug@" unless status.success? && !@var@.empty?

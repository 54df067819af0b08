//! Words beside the kind that change a name's meaning.

/// Words after the kind: the name is about the secret, it does not hold it (`password_field`, `token_url`).
#[rustfmt::skip]
pub(super) fn is_about(word: &[u8]) -> bool {
    matches!(
        word,
        b"advice" | b"age" | b"alg" | b"algo" | b"algorithm" | b"arn" | b"at" | b"attr"
        | b"attribute" | b"attributes" | b"audience" | b"backend" | b"binding" | b"branch" | b"button" | b"cert" | b"certificate"
        | b"checksum" | b"class" | b"classes" | b"clientid" | b"code" | b"column" | b"commit" | b"config" | b"controller" | b"count"
        | b"date" | b"days" | b"desc" | b"description" | b"digest" | b"dir" | b"disabled" | b"display"
        | b"domain" | b"enabled" | b"encoder" | b"endpoint" | b"endpoints" | b"env" | b"error"
        | b"errors" | b"event" | b"events" | b"exception" | b"expiration" | b"expire" | b"expired"
        | b"expires" | b"expiry" | b"factory" | b"field" | b"fields" | b"file" | b"filename"
        | b"files" | b"fingerprint" | b"flow" | b"forgot" | b"form" | b"format" | b"from" | b"generator"
        | b"gid" | b"grant" | b"group" | b"guid" | b"handler" | b"hash" | b"hashes" | b"header"
        | b"headers" | b"help" | b"helper" | b"hint" | b"host" | b"hours" | b"icon" | b"id"
        | b"ident" | b"identifier" | b"identity" | b"ids" | b"index" | b"input" | b"issuer" | b"iterations" | b"label" | b"labels" | b"len"
        | b"length" | b"lifetime" | b"limit" | b"link" | b"location" | b"login" | b"manager"
        | b"match" | b"matching" | b"max" | b"md" | b"mechanism" | b"message" | b"messages"
        | b"method" | b"min" | b"minutes" | b"mismatch" | b"mode" | b"model" | b"msg" | b"name"
        | b"names" | b"options" | b"page" | b"param" | b"params" | b"path" | b"paths" | b"pattern"
        | b"permission" | b"permissions" | b"placeholder" | b"plugin" | b"policies" | b"policy" | b"port" | b"pos" | b"position"
        | b"prefix" | b"properties" | b"property" | b"provider" | b"providers" | b"ref" | b"regex"
        | b"regexp" | b"required" | b"reset" | b"rev" | b"revision" | b"role" | b"roles" | b"rounds" | b"rotation" | b"rule" | b"rules"
        | b"scheme" | b"scope" | b"scopes" | b"seconds" | b"secs" | b"service" | b"settings" | b"sha"
        | b"signature" | b"size" | b"source" | b"spec" | b"state" | b"status" | b"store" | b"strength"
        | b"suffix" | b"test" | b"tests" | b"text" | b"time" | b"timeout" | b"title" | b"through" | b"tooltip"
        | b"ttl" | b"type" | b"types" | b"uid" | b"uri" | b"url" | b"urls" | b"usage" | b"usages"
        | b"used" | b"user" | b"username" | b"util" | b"utils" | b"uuid" | b"valid" | b"validation"
        | b"validator" | b"validity" | b"var" | b"variable" | b"version" | b"view"
    )
}

/// Words before the kind: it is something else (`forgot_password`, `public_key`, `primary_key`).
#[rustfmt::skip]
pub(super) fn makes_other(word: &[u8]) -> bool {
    matches!(
        word,
        b"add" | b"allow" | b"arrow" | b"authenticity" | b"build" | b"cache" | b"change" | b"check" | b"child"
        | b"column" | b"compare" | b"composite" | b"compound" | b"continuation" | b"correlation"
        | b"count" | b"create" | b"ctrl" | b"dedup" | b"delete" | b"describe" | b"dict" | b"disable"
        | b"enable" | b"enter" | b"error" | b"escape" | b"fetch" | b"field" | b"find" | b"first"
        | b"foreign" | b"forgot" | b"forgotten" | b"format" | b"generate" | b"get" | b"group" | b"has"
        | b"hash" | b"hide" | b"hint" | b"hkey" | b"hot" | b"identifier" | b"index" | b"input"
        | b"invalid" | b"is"
        | b"label" | b"last" | b"list" | b"load" | b"lookup" | b"lost" | b"mandatory" | b"map"
        | b"max" | b"message" | b"min" | b"missing" | b"msg" | b"natural" | b"next" | b"no" | b"node"
        | b"num" | b"object" | b"order" | b"page" | b"parent" | b"parse" | b"partition" | b"primary"
        | b"property" | b"pub" | b"public" | b"range" | b"read" | b"registry" | b"remove"
        | b"require" | b"required" | b"requires" | b"reset" | b"row" | b"shortcut" | b"show" | b"sort"
        | b"surrogate" | b"tag" | b"title" | b"tooltip" | b"topology" | b"total" | b"translation"
        | b"unique" | b"update" | b"use" | b"validate" | b"verify"
    )
}

/// Words among these that make a key something else, but say whose a password is: `registry_password`.
pub(super) fn is_owner_of_passwords(word: &[u8]) -> bool {
    matches!(
        word,
        b"build"
            | b"cache"
            | b"child"
            | b"group"
            | b"index"
            | b"list"
            | b"load"
            | b"map"
            | b"message"
            | b"node"
            | b"object"
            | b"order"
            | b"page"
            | b"parent"
            | b"primary"
            | b"range"
            | b"read"
            | b"registry"
            | b"sort"
            | b"tag"
            | b"translation"
    )
}

/// Words after the kind that say whose the secret is or where it goes; a random value still counts.
pub(super) fn is_place(word: &[u8]) -> bool {
    matches!(
        word,
        b"backend"
            | b"cert"
            | b"config"
            | b"domain"
            | b"env"
            | b"event"
            | b"events"
            | b"field"
            | b"header"
            | b"headers"
            | b"host"
            | b"input"
            | b"location"
            | b"login"
            | b"manager"
            | b"messages"
            | b"param"
            | b"params"
            | b"property"
            | b"provider"
            | b"role"
            | b"service"
            | b"settings"
            | b"store"
            | b"test"
            | b"tests"
            | b"text"
            | b"var"
            | b"variable"
    )
}

/// Words before the kind: the value was never valid.
pub(super) fn is_made_up(word: &[u8]) -> bool {
    matches!(
        word,
        b"bad" | b"dummy" | b"example" | b"fake" | b"invalid" | b"missing" | b"mock" | b"sample" | b"wrong"
    )
}

/// Words before a password: the value is derived from it and does not reveal it.
pub(super) fn is_digest(word: &[u8]) -> bool {
    matches!(
        word,
        b"hash" | b"hashes" | b"hashed" | b"sha" | b"digest" | b"fingerprint" | b"checksum" | b"thumbprint"
    )
}

// A step of a shared library: stanch() or stanch(args: '--strict'). Needs no credentials beside those of the checkout.
def call(Map options = [:]) {
    withEnv(["STANCH_ARGS=${options.args ?: ''}"]) {
        try {
            sh '''
                command -v stanch >/dev/null || cargo install --locked --git https://github.com/OWNER/stanch --rev REV stanch
                # The arguments are words: no quotes here.
                stanch ci --report junit=stanch.xml $STANCH_ARGS
            '''
        } finally {
            junit testResults: 'stanch.xml', allowEmptyResults: true
        }
    }
}

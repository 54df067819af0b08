// Gradle: implementation("com.cyberark.conjur.api:conjur-api:...")
import com.cyberark.conjur.api.Conjur

/** Address and log-in from the CONJUR_ variables. */
fun @camel@(): String = Conjur().variables().retrieveSecret("apps/@slug@")

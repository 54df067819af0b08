// Maven: com.cyberark.conjur.api:conjur-api
import com.cyberark.conjur.api.Conjur;

final class Secrets {
    /** Address and log-in from the CONJUR_ variables. */
    static String @camel@() {
        return new Conjur().variables().retrieveSecret("apps/@slug@");
    }
}

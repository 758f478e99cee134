package dev.anabranch.link.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressNetworkTest {

  @ParameterizedTest(name = "{0} and {1}: {2}")
  @CsvSource({
    "192.0.2.1, 192.0.2.1, true",
    "192.0.2.1, 192.0.2.2, false",
    "2001:db8:0:1::1, 2001:db8:0:1:ffff::2, true",
    "2001:db8:0:1::1, 2001:db8:0:2::1, false",
    "192.0.2.1, ::ffff:192.0.2.1, true",
    "0.0.0.0, ::, false"
  })
  void addressesOfOneNetworkOfSixtyFourBitsAreOne(String one, String other, boolean same)
      throws Exception {
    boolean equal =
        AddressNetwork.of(InetAddress.getByName(one))
            .equals(AddressNetwork.of(InetAddress.getByName(other)));
    assertThat(equal).isEqualTo(same);
  }
}

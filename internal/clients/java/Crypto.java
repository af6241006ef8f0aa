import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Opens pushes and seals the answer, from the documented algorithm: SHA-1 over the sorted token,
 * timestamp, nonce and cipher text; AES-256-CBC padded to 32 bytes over 16 random bytes, 4 bytes of
 * length, the message and the owner key.
 */
final class Crypto {
  private static final int BLOCK = 32;

  private final String token, ownerKey;
  private final byte[] key;

  Crypto(String token, String aesKey, String ownerKey) {
    this.token = token;
    this.ownerKey = ownerKey;
    key = Base64.getDecoder().decode(aesKey + "=");
  }

  private byte[] cipher(int mode, byte[] data) throws Exception {
    Cipher cipher = Cipher.getInstance("AES/CBC/NoPadding");
    cipher.init(mode, new SecretKeySpec(key, "AES"), new IvParameterSpec(key, 0, 16));
    return cipher.doFinal(data);
  }

  private String sign(String timestamp, String nonce, String encrypted) throws Exception {
    String[] parts = {token, timestamp, nonce, encrypted};
    Arrays.sort(parts);
    byte[] digest = MessageDigest.getInstance("SHA-1").digest(String.join("", parts).getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest);
  }

  String open(String signature, String timestamp, String nonce, String encrypted) throws Exception {
    Clients.check(signature.equals(sign(timestamp, nonce, encrypted)), "the signature is another");
    byte[] plain = cipher(Cipher.DECRYPT_MODE, Base64.getDecoder().decode(encrypted));
    int end = plain.length - plain[plain.length - 1];
    int length = ByteBuffer.wrap(plain, 16, 4).getInt();
    String owner = new String(plain, 20 + length, end - 20 - length, StandardCharsets.UTF_8);
    Clients.check(owner.equals(ownerKey), "the owner key is another: " + owner);
    return new String(plain, 20, length, StandardCharsets.UTF_8);
  }

  Map<String, String> seal(String message) throws Exception {
    byte[] data = message.getBytes(StandardCharsets.UTF_8), owner = ownerKey.getBytes(StandardCharsets.UTF_8);
    int padding = BLOCK - (20 + data.length + owner.length) % BLOCK;
    byte[] random = new byte[16], pad = new byte[padding];
    new SecureRandom().nextBytes(random);
    Arrays.fill(pad, (byte) padding);
    byte[] plain = ByteBuffer.allocate(20 + data.length + owner.length + padding)
        .put(random).putInt(data.length).put(data).put(owner).put(pad).array();
    String encrypted = Base64.getEncoder().encodeToString(cipher(Cipher.ENCRYPT_MODE, plain));
    String timestamp = String.valueOf(System.currentTimeMillis());
    return Map.of("msg_signature", sign(timestamp, "nonce", encrypted), "timeStamp", timestamp, "nonce", "nonce", "encrypt", encrypted);
  }
}

//! Support messages in other languages: what is surely foreign must be called so, English never.

use crate::domain::Speaker;

use super::properties::extract;

/// Code and message; written for this test.
const FOREIGN: &[(&str, &str)] = &[
    ("es", "No puedo entrar en mi cuenta desde ayer, ¿me pueden ayudar?"),
    ("es", "hola, mi pedido 48213 no ha llegado todavia"),
    ("es", "Me han cobrado dos veces la suscripción de este mes y quiero un reembolso."),
    ("es", "quiero cancelar mi plan"),
    ("es", "La aplicación se cierra cada vez que intento subir un archivo"),
    ("es", "Necesito cambiar la dirección de envío de mi compra"),
    ("es", "¿Dónde encuentro la factura de marzo?"),
    ("es", "Quiero hablar con una persona por favor"),
    ("fr", "Bonjour, je n'arrive plus à me connecter à mon compte."),
    ("fr", "J'ai été débité deux fois pour la même commande"),
    ("fr", "comment puis-je annuler mon abonnement ?"),
    ("fr", "Mon colis n'est toujours pas arrivé après trois semaines"),
    ("fr", "L'application plante dès que j'ouvre les paramètres"),
    ("fr", "Je voudrais parler à un conseiller s'il vous plaît"),
    ("fr", "Merci de me rembourser au plus vite"),
    ("fr", "Impossible de télécharger la facture du mois dernier"),
    ("de", "ich kann mich nicht anmelden"),
    ("de", "Guten Tag, meine Rechnung vom März stimmt nicht."),
    ("de", "Wann kommt mein Paket endlich an?"),
    ("de", "Die App stürzt ab, sobald ich ein Foto hochlade"),
    ("de", "Ich möchte meinen Vertrag zum Monatsende kündigen"),
    ("de", "Bitte verbinden Sie mich mit einem Mitarbeiter"),
    ("de", "Passwort zurücksetzen funktioniert seit gestern nicht mehr"),
    ("de", "Das Geld wurde doppelt von meinem Konto abgebucht"),
    ("it", "Buongiorno, non riesco ad accedere al mio account"),
    ("it", "Vorrei un rimborso per l'ordine che non è mai arrivato"),
    ("it", "come posso cambiare la mia password?"),
    ("it", "Mi avete addebitato due volte lo stesso importo"),
    ("it", "L'applicazione non funziona dopo l'ultimo aggiornamento"),
    ("it", "Voglio disdire il mio abbonamento subito"),
    ("it", "Potete inviarmi la fattura di aprile?"),
    ("pt", "Olá, não consigo acessar minha conta desde ontem"),
    ("pt", "Meu pedido ainda não chegou e já faz duas semanas"),
    ("pt", "quero cancelar a minha assinatura"),
    ("pt", "Fui cobrado duas vezes no cartão, preciso de um estorno"),
    ("pt", "O aplicativo trava quando tento enviar um arquivo"),
    ("pt", "Gostaria de falar com um atendente, por favor"),
    ("pt", "Como faço para alterar o meu endereço de entrega?"),
    ("nl", "Ik kan niet meer inloggen op mijn account"),
    ("nl", "Mijn pakket is nog steeds niet aangekomen"),
    ("nl", "Graag wil ik mijn abonnement opzeggen per volgende maand"),
    ("nl", "Er is twee keer geld van mijn rekening afgeschreven"),
    ("nl", "Waar kan ik de factuur van maart vinden?"),
    ("nl", "De app loopt vast zodra ik een foto upload"),
    ("sv", "Hej, jag kan inte logga in på mitt konto"),
    ("sv", "Min beställning har fortfarande inte kommit fram"),
    ("sv", "Jag vill avsluta min prenumeration omgående"),
    ("sv", "Ni har dragit pengar två gånger från mitt kort"),
    ("sv", "Appen kraschar varje gång jag öppnar inställningarna"),
    ("da", "Hej, jeg kan ikke logge ind på min konto"),
    ("da", "Min pakke er stadig ikke kommet efter to uger"),
    ("da", "Jeg vil gerne opsige mit abonnement"),
    ("da", "I har trukket penge to gange på mit kort"),
    ("no", "Hei, jeg får ikke logget inn på kontoen min"),
    ("no", "Pakken min har fortsatt ikke kommet etter to uker"),
    ("no", "Jeg ønsker å avslutte abonnementet mitt"),
    ("pl", "Nie mogę zalogować się na swoje konto od wczoraj"),
    ("pl", "Gdzie jest moja przesyłka? Czekam już dwa tygodnie"),
    ("pl", "Chciałbym anulować subskrypcję i otrzymać zwrot pieniędzy"),
    ("pl", "Aplikacja zawiesza się przy otwieraniu ustawień"),
    ("pl", "prosze o pomoc z platnoscia"),
    ("tr", "Hesabıma giriş yapamıyorum, yardım eder misiniz?"),
    ("tr", "Siparişim hala gelmedi, iki haftadır bekliyorum"),
    ("tr", "Aboneliğimi iptal etmek istiyorum"),
    ("tr", "Kartımdan iki kez para çekilmiş, iade istiyorum"),
    ("fi", "En pysty kirjautumaan tililleni eilisen jälkeen"),
    ("fi", "Tilaukseni ei ole vieläkään saapunut perille"),
    ("cs", "Nemohu se přihlásit ke svému účtu od včerejška"),
    ("cs", "Chtěl bych zrušit předplatné a vrátit peníze"),
    ("ro", "Nu pot intra în contul meu de ieri, mă puteți ajuta?"),
    ("hu", "Nem tudok bejelentkezni a fiókomba tegnap óta"),
    ("id", "Saya tidak bisa masuk ke akun saya sejak kemarin"),
    ("vi", "Tôi không thể đăng nhập vào tài khoản của mình"),
    ("ru", "Не могу войти в свой аккаунт со вчерашнего дня"),
    ("ru", "Верните деньги за заказ, который не пришёл"),
    ("uk", "Не можу увійти до свого облікового запису, допоможіть"),
    ("el", "Δεν μπορώ να συνδεθώ στον λογαριασμό μου από χθες"),
    ("ar", "لا أستطيع تسجيل الدخول إلى حسابي منذ الأمس"),
    ("he", "אני לא מצליח להתחבר לחשבון שלי מאתמול"),
    ("fa", "از دیروز نمی‌توانم وارد حساب کاربری خود شوم"),
    ("hi", "मैं कल से अपने खाते में लॉग इन नहीं कर पा रहा हूँ"),
    ("th", "ฉันไม่สามารถเข้าสู่ระบบบัญชีของฉันได้ตั้งแต่เมื่อวาน"),
    ("zh", "我从昨天开始就无法登录我的账户，请帮帮我，我已经试过重置密码了"),
    ("ja", "昨日からアカウントにログインできません。助けてください。"),
    ("ko", "어제부터 계정에 로그인할 수 없습니다. 도와주세요 감사합니다"),
];

/// Short ones that consist of nothing but words of the language.
const SHORT: &[(&str, &str)] = &[
    ("es", "hola"),
    ("es", "no puedo entrar"),
    ("fr", "bonjour"),
    ("fr", "merci beaucoup"),
    ("de", "hallo, ich brauche hilfe"),
    ("de", "Rechnung falsch, bitte helfen"),
    ("it", "buongiorno"),
    ("pt", "olá, bom dia"),
    ("nl", "graag hulp"),
    ("pl", "dzień dobry"),
    ("tr", "merhaba"),
    ("ru", "помогите"),
    ("zh", "你好"),
];

/// English as customers write it, with what looks foreign in it.
const ENGLISH: &[&str] = &[
    "hi",
    "ok",
    "thx",
    "no",
    "refund",
    "pls help asap",
    "card declined atm",
    "Payment failed Visa",
    "my name is Jean van der Berg and I live in La Paz",
    "how do i say thank you in german",
    "I ordered the Café Crème table from São Paulo",
    "iPhone 13 Pro Max screen cracked",
    "Zendesk Slack Jira integration SSO SAML OKTA",
    "cant login",
    "pin blocked",
    "top up failed",
    "exchange rates?",
    "Direct debit unrecognised",
    "Hola! I need to change my flight to Madrid",
    "Dubai to Mumbai one way economy",
    "invoice INV-2024-001 wrong VAT",
    "El Paso to San Jose please",
    "the résumé upload shows naïve coöperation error",
    "<email> <phone>",
    "🙏🙏",
    "12345",
    "ERROR_CODE_77 x86_64 NullPointerException",
];

fn language(text: &str) -> (String, bool) {
    let language = extract(&[(Speaker::Customer, text)]).language;
    (language.code, language.supported)
}

#[test]
fn foreign_support_messages_are_told() {
    let missed: Vec<_> = FOREIGN.iter().filter(|(_, text)| language(text).1).collect();
    println!("{} of {} missed: {missed:#?}", missed.len(), FOREIGN.len());
    assert!(missed.len() * 20 <= FOREIGN.len());
    let wrong: Vec<_> = FOREIGN.iter().filter(|(code, text)| language(text).0 != *code).collect();
    println!("{} codes differ: {wrong:#?}", wrong.len());
    assert!(wrong.len() * 10 <= FOREIGN.len());
}

#[test]
fn a_few_plain_words_of_another_language_are_enough() {
    for (code, text) in SHORT {
        assert_eq!(language(text), ((*code).to_owned(), false), "{text}");
    }
}

#[test]
fn english_is_never_called_foreign() {
    for text in ENGLISH {
        assert!(language(text).1, "{text}: {}", language(text).0);
    }
}

#[test]
fn too_little_text_is_unknown_and_supported() {
    for text in ["", "ok", "12345 <email>", "🙏", "Zendesk"] {
        assert_eq!(language(text), ("unknown".to_owned(), true), "{text}");
    }
}

#[test]
fn the_majority_of_the_customers_letters_decides() {
    let spanish = "Mi pedido no ha llegado todavía y nadie me responde desde la semana pasada";
    let turns = [
        (Speaker::Customer, "Hello, where is my order?"),
        (
            Speaker::Bot,
            "Please give me the number of your order, then I can look for it in the list.",
        ),
        (Speaker::Customer, spanish),
    ];
    assert_eq!(extract(&turns).language.code, "es");
    let turns = [
        (Speaker::Customer, "hola"),
        (Speaker::Customer, "I need help with my invoice from last month, the amount is wrong"),
    ];
    assert_eq!(extract(&turns).language.code, "en");
    // What others write, quotes and logs do not count.
    let turns = [
        (Speaker::Bot, spanish),
        (Speaker::Customer, "Can you help me with this mail?\n> Mi pedido no ha llegado todavía"),
    ];
    assert_eq!(extract(&turns).language.code, "en");
}

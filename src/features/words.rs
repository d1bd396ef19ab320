//! Common words of the languages that support mail comes in.
//!
//! A word that is also an English one stands in no list of another language.

/// Frequent English words, of any text and of support mail.
pub(super) const ENGLISH: &str = "
    a about account add after again alarm all also am an and any app application are
    aren't around as ask at available away back balance bank be because been before being
    bill block book booking both but buy by calendar call calories can can't cancel cannot
    car card change charge charged check code coin could couldn't credit currency current
    customer damaged day days define definition deposit dice did didn't direction distance
    do does doesn't doing don't done down each else email enough error even ever every
    everything except exchange explain fact fail failed fails file find first fix flight
    flip for found freeze from fund funds gas get gets getting give go going good got had
    has hasn't have haven't having he hello help her here hey hi him his history hold
    hotel how how's i i'd i'll i'm i've if in info insurance interest into invoice is
    isn't it it's its joke just keep know language last left let life like limit list
    little log login long look lost made make many may me mean meaning meeting money month
    more most much must my name need new next no not nothing now number nutrition of off
    oil ok okay old on once one only open or order other our out over own page password
    pay payment phone pin play please price problem put question rate really reason
    receive received recipe refund remind reminder rent report reset restaurant right roll
    said same say says schedule score screen see seems sent set she should show since so
    some someone something song soon spell spelling spending still stolen stop stuff such
    support take tell than thank thanks that that's the their them then there there's
    these they they're thing things think this those through time timer tire to today
    tomorrow too took top traffic transaction transfer translate travel tried true try
    trying turn two type under until up upgrade us use used user using verify very wait
    waiting want wanted was wasn't way we we're we've weather week well went were weren't
    what what's when where which while who whose why will wish with without won't work
    working works would wouldn't wrong year yes yesterday yet you you'd you'll you're
    you've your yours
";

/// Words of one language.
pub(super) struct Words {
    /// ISO 639-1 code.
    pub(super) code: &'static str,
    /// Words that hardly stand in an English text.
    pub(super) plain: &'static str,
    /// Words that names and English texts have too: they count only beside plain ones.
    pub(super) weak: &'static str,
}

/// The languages that short texts are told by.
pub(super) const FOREIGN: &[Words] = &[
    Words {
        code: "es",
        plain: "
            hola buenas buenos días dias tardes noches gracias favor ayuda ayudar ayúdame
            cuenta contraseña contrasena puedo puede pueden podría podrían podria quiero
            quisiera necesito tengo tiene tienen entrar iniciar sesión sesion tus su sus
            unos unas que qué cómo como cuándo dónde donde cuando por pero porque está
            esta están estoy este esto ese eso aquí muy más nada todo todos también pedido
            factura facturas pago tarjeta dinero reembolso devolución devolver correo
            cliente funciona aplicación problema llegado recibido recibí cancelar hace
            desde hasta ustedes usted hemos cobrado cobraron veces semana semanas meses
            mucho esperando alguien respuesta respondido sigue aparece intento intentado
            hablar
        ",
        weak: "
            mi mis tu el los las una del para con sin ya nos les han ha dos sale persona
        ",
    },
    Words {
        code: "fr",
        plain: "
            bonjour bonsoir salut merci s'il vous plaît plait svp j'ai j'arrive nous ils
            elles suis êtes sommes sont c'est n'est pas mon votre vos notre des une ou où
            mais que qui quoi comment pourquoi quand avec sans dans depuis très aussi
            toujours rien compte passe connecter connexion facture paiement remboursement
            rembourser remboursé carte argent colis reçu recevoir peux pouvez peut
            voudrais veux souhaite beaucoup besoin aide aider problème erreur fonctionne
            marche d'une d'un l'application qu'il cette été avez avons avoir être fait
            faire semaine semaines jours deux fois annuler abonnement mois débité attends
            réponse personne parler quelqu'un
        ",
        weak: "
            je tu il elle est ne plus ma mes nos le les du et pour sur chez encore mot
            commande impossible ces ce client
        ",
    },
    Words {
        code: "de",
        plain: "
            hallo guten morgen danke bitte ich wir ihr sie ist sind haben hatte mein meine
            meinen meinem meiner ihre ihren dein unser unsere dem des ein eine einen einem
            einer und oder aber nicht kein keine keinen mit ohne für vom zu zum zur auf
            aus bei beim nach seit über wie wann wo warum wieso wenn dass weil auch noch
            schon immer mehr sehr nur jetzt heute gestern kann kannst können könnten
            konnte möchte muss werden wurde wird anmelden einloggen konto passwort
            kennwort rechnung bestellung zahlung geld karte zurück erstattung kündigen
            kündigung hilfe helfen fehler fehlermeldung funktioniert geht gehen bekomme
            bekommen erhalten warte wochen tagen mich mir uns euch paket lieferung vertrag
            abgebucht doppelt antwort jemand sprechen mitarbeiter grüße
        ",
        weak: "
            tag du er es bin habe hat das der den von wer
        ",
    },
    Words {
        code: "it",
        plain: "
            ciao buongiorno buonasera salve grazie prego favore aiuto aiutare aiutarmi
            posso può puoi potete potreste vorrei voglio abbiamo avete hanno sono siamo
            siete mio miei mie gli della dello dei delle nel nella sul sulla alla senza
            che chi quando perché perchè anche ancora sempre molto più niente nulla questo
            questa quello accedere accesso ordine fattura pagamento pagato rimborso carta
            soldi pacco ricevuto arrivato problema errore funziona funzionano applicazione
            cliente settimane giorni volte annullare abbonamento addebitato risposta
            qualcuno parlare riesco entrare stato stata
        ",
        weak: "
            ho hai non mia il lo le uno del al con per come dove ma conto due persona mi
            si fare da di
        ",
    },
    Words {
        code: "pt",
        plain: "
            olá ola oi bom boa tarde noite obrigado obrigada por favor ajuda ajudar eu
            você vocês voce meu minha meus minhas seu sua não nao sim está estou são tenho
            tem temos têm posso pode podem poderia quero queria gostaria preciso consigo
            fazer entrar acessar conta senha pedido fatura pagamento cartão dinheiro
            reembolso devolução encomenda recebi recebeu chegou problema erro funciona
            aplicativo cliente um uma uns nas pelo pela sem mas que quem como quando onde
            porque também ainda já muito mais nada tudo isso este esta semanas dias duas
            vezes cancelar assinatura mês cobrado cobrança resposta alguém falar pessoa
            desde há
        ",
        weak: "
            dia o os dos da das na nos em para com
        ",
    },
    Words {
        code: "nl",
        plain: "
            hallo goedemorgen goedemiddag goedendag dank bedankt dankjewel alstublieft
            graag ik jij jullie wij zij zijn heb heeft hebben mijn uw jouw onze het een
            maar niet geen zonder voor naar uit bij sinds hoe wanneer waar waarom wie als
            dat dit deze nog altijd meer zeer erg vandaag gisteren kunnen kunt wil willen
            moet moeten wordt worden inloggen wachtwoord rekening factuur bestelling
            betaling geld kaart terug terugbetaling opzeggen hulp helpen probleem fout
            foutmelding werkt werken krijg krijgen ontvangen wacht weken dagen mij ons
            pakket levering abonnement afgeschreven dubbel antwoord iemand spreken
            medewerker groeten
        ",
        weak: "
            dag je u hij ben bent de van der den en met door die ook al nu kan op te er
        ",
    },
    Words {
        code: "sv",
        plain: "
            hej hejsan tack snälla jag är har hade mitt mina ditt vår och eller ingen
            inget utan för från till på av hur när varför vem som att också fortfarande
            redan alltid mycket idag igår kunde vill skulle måste blir blev logga konto
            lösenord lösenordet räkning faktura beställning betalning pengar kort tillbaka
            återbetalning avsluta uppsägning hjälp hjälpa fel felmeddelande fungerar fått
            får mottagit väntar veckor dagar mig oss paket leverans prenumeration dragits
            dubbelt svar någon prata ett
        ",
        weak: "
            du vi ni han hon det den de var min din er ert men inte med om mer nu kan en
        ",
    },
    Words {
        code: "da",
        plain: "
            hej goddag venligst jeg har havde mit dit jeres vores og eller ikke ingen
            intet uden til på af hvordan hvornår hvor hvorfor hvem som også stadig
            allerede altid mere meget går kunne vil ville skal skulle bliver blev logge
            konto kodeord adgangskode regning faktura bestilling ordre betaling penge kort
            tilbage refusion opsige hjælp hjælpe fejl fejlmeddelelse virker fået får
            modtaget venter uger dage mig pakke levering abonnement trukket dobbelt svar
            nogen tale ind
        ",
        weak: "
            tak du vi han hun det den er var min mine din men med fra om nu dag kan os et
            en
        ",
    },
    Words {
        code: "no",
        plain: "
            hei takk vennligst jeg dere har hadde mitt ditt deres vår og eller ikke ingen
            intet uten til på av hvordan når hvor hvorfor hvem som også fortsatt fremdeles
            allerede alltid mye nå går kunne vil ville må skulle blir ble logge konto
            passord passordet regning faktura bestilling ordre betaling penger kort
            tilbake refusjon avslutte hjelp hjelpe feilmelding fungerer virker fått får
            mottatt venter uker dager meg oss pakke levering abonnement trukket dobbelt
            svar noen snakke inn
        ",
        weak: "
            du vi han hun det den er var min mine din men med fra om mer dag kan feil et
            en
        ",
    },
    Words {
        code: "pl",
        plain: "
            cześć czesc dzień dobry witam dziękuję dziekuje proszę prosze wy jestem są był
            była było masz mamy mają mój moja moje mojego mojej moim twój państwo nie oraz
            lub że się sie dla przez jak kiedy gdzie dlaczego kto czy jeśli też jeszcze
            już zawsze bardzo teraz dziś dzisiaj wczoraj mogę moge może można chcę
            chciałbym chciałabym muszę potrzebuję zalogować zaloguj konto konta hasło
            hasła rachunek faktura faktury zamówienie zamówienia płatność pieniądze
            pieniędzy karta karty zwrot zwrotu anulować pomoc pomóc błąd działa otrzymałem
            otrzymałam dostałem czekam tygodnie tygodni mnie nam paczka przesyłka
            subskrypcję pobrano odpowiedzi ktoś rozmawiać
        ",
        weak: "
            ja ty jest mam ma pan pani tak ale ze z bez od na w po co dni mi
        ",
    },
    Words {
        code: "tr",
        plain: "
            merhaba günaydın iyi günler teşekkürler teşekkür lütfen siz bu şu benim bizim
            sizin hesabım hesabıma hesap giriş yapamıyorum yapamadım istiyorum istiyoruz
            yok değil veya ama için gibi kadar nasıl neden niçin zaman nerede mı mü çok
            daha hala hâlâ şimdi bugün dün şifre şifremi parola fatura sipariş siparişim
            ödeme kart kartımdan iade iptal etmek yardım yardımcı olur musunuz sorun hata
            çalışmıyor gelmedi almadım bekliyorum hafta gün bana bize kargo abonelik
            çekildi cevap biri konuşmak bir
        ",
        weak: "
            selam ben sen biz o var ve ile ne kim mi mu para
        ",
    },
    Words {
        code: "fi",
        plain: "
            hei terve kiitos hyvä minä sinä olen olemme ovat minun tilini tilille tili
            eikä mutta kanssa ilman miten milloin missä miksi kuka että myös vielä aina
            paljon nyt tänään eilen voin haluan haluaisin kirjautua salasana salasanani
            lasku tilaus tilaukseni maksu rahat kortti takaisin palautus peruuttaa apua
            auttaa ongelma toimi toimii saanut saapunut odottanut viikkoa päivää minua
            paketti
        ",
        weak: "
            moi ole te oli en ei ja tai voi virhe
        ",
    },
    Words {
        code: "cs",
        plain: "
            ahoj dobrý děkuji díky prosím já vy jsem jsi jsme jste jsou byl byla mám máte
            můj moje mého mému váš ano nebo že jak kdy kde proč kdo jestli také ještě už
            vždy velmi teď dnes včera mohu můžu může chci chtěl chtěla potřebuji přihlásit
            účet účtu heslo faktura fakturu objednávka objednávku platba peníze karta
            vrácení zrušit pomoc pomoci problém chyba nefunguje funguje nedostal dostal
            čekám týdny dny mě nám balík
        ",
        weak: "
            den ty je ne ale se si bez pro od na po co mi
        ",
    },
    Words {
        code: "ro",
        plain: "
            bună buna ziua salut mulțumesc multumesc rog eu sunt este ești suntem avem
            aveți meu mele contul și că fără pentru când unde cine dacă încă foarte acum
            astăzi ieri poate vreau aș dori trebuie autentifica parola factură factura
            comanda comandă plată banii înapoi rambursare anulez ajutor ajuta problemă
            eroare funcționează primit aștept săptămâni zile
        ",
        weak: "
            noi voi mea mei cont nu da sau dar cu din la pe cum ce deja pot
        ",
    },
    Words {
        code: "hu",
        plain: "
            szia sziasztok helló jó napot köszönöm kérem én vagyok vannak volt az egy és
            vagy hogy nem igen még már nagyon tegnap tudok tud szeretnék szeretném akarok
            kell belépni bejelentkezni fiókom fiókomba fiók jelszó jelszavam számla
            rendelés rendelésem fizetés pénz kártya vissza visszatérítés lemondani
            segítség segíteni segítsen probléma hiba működik kaptam várok hete nap nekem
            csomag
        ",
        weak: "
            te mi ti van de ma
        ",
    },
    Words {
        code: "id",
        plain: "
            halo selamat pagi siang sore malam terima kasih tolong mohon aku kita anda
            kamu ini adalah tidak bisa belum sudah atau tetapi dengan tanpa untuk pada
            bagaimana kapan dimana mengapa kenapa siapa jika juga masih sangat sekarang
            kemarin ingin mau harus masuk akun sandi tagihan faktur pesanan pembayaran
            uang kartu kembali pengembalian membatalkan bantuan membantu masalah kesalahan
            berfungsi menerima menunggu minggu paket
        ",
        weak: "
            saya kami dia itu dan dari ke di yang apa hari kata
        ",
    },
    Words {
        code: "vi",
        plain: "
            chào cảm ơn vui lòng tôi bạn chúng là không có thể được và hoặc nhưng với từ
            đến trong của này đó như nào sao gì nếu cũng vẫn đã rất bây giờ hôm nay muốn
            cần đăng nhập tài khoản mật khẩu hóa đơn hàng toán tiền thẻ hoàn hủy giúp vấn
            đề lỗi hoạt động nhận chờ tuần ngày
        ",
        weak: "
            xin cho khi ai thanh
        ",
    },
];
